-- The Lua side of EVAL. Lua and JavaScript hand each other one string per call: RESP, with the bytes that would not
-- survive UTF-8 escaped as ESC and two hexadecimal digits.
local call_host = host_call
local sha1hex = host_sha1hex
local getinfo = debug.getinfo

local function escape(text)
  return (text:gsub("[%z\27\128-\255]", function(byte) return string.format("\27%02x", byte:byte()) end))
end

local function unescape(text)
  return (text:gsub("\27(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function bulk(text)
  return "$" .. #text .. "\r\n" .. text .. "\r\n"
end

-- RESP to Lua, by Redis' table: https://redis.io/docs/latest/develop/interact/programmability/lua-api/
local function decode(text, at)
  local stop = text:find("\r\n", at, true)
  local kind, head = text:sub(at, at), text:sub(at + 1, stop - 1)
  at = stop + 2
  if kind == ":" then return tonumber(head), at end
  if kind == "+" then return { ok = head }, at end
  if kind == "-" then return { err = head }, at end
  if head == "-1" then return false, at end
  if kind == "$" then return text:sub(at, at + head - 1), at + head + 2 end
  local items = {}
  for n = 1, tonumber(head) do items[n], at = decode(text, at) end
  return items, at
end

local function encode(value)
  local kind = type(value)
  if kind == "number" then
    if not (value > -2 ^ 63 and value < 2 ^ 63) then return ":-9223372036854775808\r\n" end -- As C casts it.
    return (":%.0f\r\n"):format(value < 0 and math.ceil(value) or math.floor(value))
  end
  if kind == "string" then return bulk(value) end
  if kind == "boolean" then return value and ":1\r\n" or "$-1\r\n" end
  if kind ~= "table" then return "$-1\r\n" end
  if type(rawget(value, "err")) == "string" then return "-" .. value.err:gsub("[\r\n]", " ") .. "\r\n" end
  if type(rawget(value, "ok")) == "string" then return "+" .. value.ok:gsub("[\r\n]", " ") .. "\r\n" end
  local items = {}
  for n, item in ipairs(value) do items[n] = encode(item) end
  return "*" .. #items .. "\r\n" .. table.concat(items)
end

local function invoke(...)
  local count = select("#", ...)
  if count == 0 then return { err = "ERR Please specify at least one argument for this redis lib call" } end
  local words = {}
  for n = 1, count do
    local word = select(n, ...)
    if type(word) == "number" then word = ("%.17g"):format(word) end
    if type(word) ~= "string" then
      return { err = "ERR Lua redis lib command arguments must be strings or integers" }
    end
    words[n] = bulk(word)
  end
  return (decode(unescape(call_host(escape("*" .. count .. "\r\n" .. table.concat(words)))), 1))
end

-- "-CODE text", "text" without a code, or "-WORD": the code is ERR unless one is given.
local function error_reply(text)
  if type(text) ~= "string" then return { err = "ERR wrong number or type of arguments" } end
  if text:sub(1, 1) ~= "-" then text = "-" .. text end
  if text:find(" ", 1, true) then return { err = text:sub(2) } end
  return { err = "ERR " .. text:sub(2) }
end

local redis = {
  call = function(...)
    local reply = invoke(...)
    if type(reply) == "table" and reply.err then error(reply, 0) end
    return reply
  end,
  pcall = invoke,
  error_reply = error_reply,
  status_reply = function(text)
    if type(text) ~= "string" then return { err = "ERR wrong number or type of arguments" } end
    return { ok = text }
  end,
  sha1hex = function(text) return sha1hex(escape(tostring(text))) end,
  replicate_commands = function() return true end,
  set_repl = function() end,
  setresp = function(version)
    if version ~= 2 then error("RESP version must be 2 here.", 2) end
  end,
  log = function() end,
  LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
  REPL_NONE = 0, REPL_AOF = 1, REPL_SLAVE = 2, REPL_REPLICA = 2, REPL_ALL = 3,
}

-- What a script sees. It cannot change any of it, nor keep anything from one run to the next.
local function readonly(members)
  return setmetatable({}, {
    __index = members,
    __newindex = function() error("Attempt to modify a readonly table", 2) end,
    __metatable = false,
  })
end

local visible = { redis = readonly(redis), server = readonly(redis), cjson = readonly(host_cjson) }
for _, name in ipairs({ "string", "table", "math" }) do visible[name] = readonly(_G[name]) end
for _, name in ipairs({
  "assert", "error", "getmetatable", "ipairs", "loadstring", "next", "pairs", "pcall", "rawequal", "rawget", "rawset",
  "select", "setmetatable", "tonumber", "tostring", "type", "unpack", "xpcall", "_VERSION",
}) do visible[name] = _G[name] end

local function environment(keys, arguments)
  local members = setmetatable({ KEYS = keys, ARGV = arguments }, { __index = visible })
  local env
  env = setmetatable({}, {
    __index = function(_, name)
      local value = members[name]
      if value == nil then
        error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
      end
      return value
    end,
    __newindex = function() error("Attempt to modify a readonly table", 2) end,
    __metatable = false,
  })
  members._G = env
  members.loadstring = function(...)
    local chunk, message = loadstring(...)
    if chunk then setfenv(chunk, env) end
    return chunk, message
  end
  return env
end

-- Says where in the script it went wrong, as Redis 7 does.
local function explain(sha, is_one_line)
  return function(failure)
    if type(failure) ~= "table" then failure = { err = "ERR " .. tostring(failure) } end
    local level = 2
    local place = getinfo(level, "Sl")
    while place and place.source ~= "@user_script" do
      level = level + 1
      place = getinfo(level, "Sl")
    end
    local text = tostring(failure.err or "ERR unknown error") .. " script: " .. sha
    -- `return redis.call(…)` is a tail call: Lua no longer knows from where.
    local line = place and place.currentline or is_one_line and 1
    if line then text = text .. ", on @user_script:" .. line .. "." end
    return { err = text }
  end
end

local scripts, is_one_line = {}, {}

function host_compile(sha, source)
  local script, message = loadstring(unescape(source), "@user_script")
  if not script then return escape(message) end
  scripts[sha], is_one_line[sha] = script, not source:find("\n", 1, true)
end

function host_forget()
  scripts, is_one_line = {}, {}
end

function host_run(sha, words)
  local arguments = decode(unescape(words), 1)
  local script = scripts[sha]
  setfenv(script, environment(arguments[1], arguments[2]))
  local _, result = xpcall(script, explain(sha, is_one_line[sha]))
  return escape(encode(result))
end
