-- lua-cjson's encode and decode, as far as scripts can tell.
local null = newproxy(false)
local max_depth = 1000

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["/"] = "\\/", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quote(text)
  return '"' .. text:gsub('[%z\1-\31"\\/\127]', function(byte)
    return escapes[byte] or ("\\u%04x"):format(byte:byte())
  end) .. '"'
end

local function number(value)
  if value ~= value or value == math.huge or value == -math.huge then
    error("Cannot serialise number: must not be NaN or Inf", 0)
  end
  return ("%.14g"):format(value)
end

-- The length of what is a list, or nothing for what is an object.
local function list_length(value)
  local length, count = 0, 0
  for key in pairs(value) do
    if type(key) ~= "number" or key < 1 or key % 1 ~= 0 then return nil end
    length, count = math.max(length, key), count + 1
  end
  if length > 10 and length > count * 2 then error("Cannot serialise table: excessively sparse array", 0) end
  if count > 0 then return length end
end

local encode_value

local function encode_table(value, depth)
  if depth > max_depth then error("Cannot serialise, excessive depth (" .. depth .. ")", 0) end
  local parts = {}
  local length = list_length(value)
  if length then
    for n = 1, length do parts[n] = encode_value(value[n], depth) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do
    local kind = type(key)
    if kind == "number" then key = number(key)
    elseif kind ~= "string" then error("Cannot serialise table: table key must be a number or string", 0) end
    parts[#parts + 1] = quote(key) .. ":" .. encode_value(item, depth)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function encode_value(value, depth)
  local kind = type(value)
  if value == nil or value == null then return "null" end
  if kind == "string" then return quote(value) end
  if kind == "number" then return number(value) end
  if kind == "boolean" then return tostring(value) end
  if kind == "table" then return encode_table(value, depth + 1) end
  error("Cannot serialise " .. kind .. ": type not supported", 0)
end

local function utf8(code)
  if code < 0x80 then return string.char(code) end
  local function tail(shift) return 0x80 + math.floor(code / 2 ^ shift) % 64 end
  if code < 0x800 then return string.char(0xC0 + math.floor(code / 64), tail(0)) end
  if code < 0x10000 then return string.char(0xE0 + math.floor(code / 4096), tail(6), tail(0)) end
  return string.char(0xF0 + math.floor(code / 262144), tail(12), tail(6), tail(0))
end

local unescapes = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function fail(expected, text, at)
  local found = at > #text and "T_END" or "invalid token"
  error(("Expected %s but found %s at character %d"):format(expected, found, at), 0)
end

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function decode_string(text, at)
  local parts, start = {}, at
  at = at + 1
  while true do
    local stop = text:find('["\\%z\1-\31]', at)
    if not stop then fail("value", text, start) end
    parts[#parts + 1] = text:sub(at, stop - 1)
    local sign = text:sub(stop, stop)
    if sign == '"' then return table.concat(parts), stop + 1 end
    if sign ~= "\\" then fail("value", text, start) end
    local after = text:sub(stop + 1, stop + 1)
    if after == "u" then
      local code = tonumber(text:match("^%x%x%x%x", stop + 2) or fail("value", text, start), 16)
      at = stop + 6
      if code >= 0xD800 and code < 0xDC00 then
        local low = tonumber(text:match("^\\u(%x%x%x%x)", at) or fail("value", text, start), 16)
        code, at = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00), at + 6
      end
      parts[#parts + 1] = utf8(code)
    else
      parts[#parts + 1] = unescapes[after] or fail("value", text, start)
      at = stop + 2
    end
  end
end

local decode_value

local function decode_members(text, at, close, member)
  local first = skip(text, at)
  if text:sub(first, first) == close then return first + 1 end
  while true do
    at = skip(text, member(skip(text, at)))
    local sign = text:sub(at, at)
    if sign == close then return at + 1 end
    if sign ~= "," then fail("comma or " .. (close == "}" and "object" or "array") .. " end", text, at) end
    at = at + 1
  end
end

local literals = { { "true", true }, { "false", false }, { "null", null } }

function decode_value(text, at, depth)
  if depth > max_depth then error("Found too many nested data structures (" .. depth .. ")", 0) end
  local sign = text:sub(at, at)
  if sign == '"' then return decode_string(text, at) end
  if sign == "{" or sign == "[" then
    local result = {}
    local stop = decode_members(text, at + 1, sign == "{" and "}" or "]", function(start)
      local item, after
      if sign == "[" then
        item, after = decode_value(text, start, depth + 1)
        result[#result + 1] = item
        return after
      end
      if text:sub(start, start) ~= '"' then fail("object key string", text, start) end
      local key
      key, after = decode_string(text, start)
      after = skip(text, after)
      if text:sub(after, after) ~= ":" then fail("colon", text, after) end
      result[key], after = decode_value(text, skip(text, after + 1), depth + 1)
      return after
    end)
    return result, stop
  end
  for _, literal in ipairs(literals) do
    if text:sub(at, at + #literal[1] - 1) == literal[1] then return literal[2], at + #literal[1] end
  end
  local digits = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if digits and tonumber(digits) then return tonumber(digits), at + #digits end
  fail("value", text, at)
end

host_cjson = {
  null = null,
  encode = function(value)
    local ok, result = pcall(encode_value, value, 0)
    if not ok then error(result, 2) end
    return result
  end,
  decode = function(text)
    local ok, result = pcall(function()
      local value, at = decode_value(text, skip(text, 1), 0)
      at = skip(text, at)
      if at <= #text then fail("the end", text, at) end
      return value
    end)
    if not ok then error(result, 2) end
    return result
  end,
}
