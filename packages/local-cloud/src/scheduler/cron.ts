/** A field of a cron expression: which values it allows, and the forms that depend on the month. */
interface Field {
  allows: (value: number) => boolean;
}

interface DayField {
  /** `date` is at midnight UTC. */
  allows: (date: Date) => boolean;
}

interface Cron {
  minutes: Field;
  hours: Field;
  months: Field;
  years: Field;
  days: DayField;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const lastYear = 2199;

/** The next time after `after` that AWS's six fields name: minutes, hours, day of month, month, day of week, year; in UTC. */
export function nextCronTime(fields: string, after: number): number | undefined {
  const cron = parse(fields);
  const from = Math.floor(after / minuteMs) * minuteMs + minuteMs;
  let day = Math.floor(from / dayMs) * dayMs;
  for (let date = new Date(day); date.getUTCFullYear() <= lastYear; date = new Date(day)) {
    const time = isWanted(cron, date) ? firstTimeOf(cron, day, from) : undefined;
    if (time !== undefined) return time;
    day = cron.years.allows(date.getUTCFullYear()) ? day + dayMs : Date.UTC(date.getUTCFullYear() + 1, 0, 1);
  }
  return undefined;
}

function isWanted(cron: Cron, date: Date): boolean {
  return (
    cron.years.allows(date.getUTCFullYear()) && cron.months.allows(date.getUTCMonth() + 1) && cron.days.allows(date)
  );
}

function firstTimeOf(cron: Cron, day: number, from: number): number | undefined {
  for (let time = Math.max(day, from); time < day + dayMs; time += minuteMs) {
    const date = new Date(time);
    if (cron.hours.allows(date.getUTCHours()) && cron.minutes.allows(date.getUTCMinutes())) return time;
  }
  return undefined;
}

function parse(fields: string): Cron {
  const parts = fields.trim().split(/\s+/);
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = parts;
  if (parts.length !== 6)
    throw new Error(`cron(${fields}) needs six fields: minutes hours day-of-month month day-of-week year`);
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new Error(`cron(${fields}) needs "?" in exactly one of day-of-month and day-of-week`);
  }
  return {
    minutes: parseField(minute, 0, 59),
    hours: parseField(hour, 0, 23),
    months: parseField(month, 1, 12, months),
    years: parseField(year, 1970, lastYear),
    days: dayOfWeek === "?" ? parseDayOfMonth(dayOfMonth) : parseDayOfWeek(dayOfWeek),
  };
}

// A field is a list of 5, 1-5, MON-FRI, 0/15 or an asterisk with or without a step.
function parseField(text: string, least: number, most: number, names: string[] = []): Field {
  const ranges = text.split(",").map((item) => {
    const [range = "", step] = item.split("/");
    const [first = "", last] = range.split("-");
    const start = range === "*" ? least : toNumber(first, names, least);
    const end =
      last === undefined ? (range === "*" || step !== undefined ? most : start) : toNumber(last, names, least);
    const stride = step === undefined ? 1 : Number(step);
    const isValid = [start, end, stride].every(Number.isInteger) && start >= least && end <= most && stride > 0;
    if (!isValid) throw new Error(`"${item}" is not within ${least}-${most} in a cron expression`);
    return { start, end, stride };
  });
  return {
    allows: (value) =>
      ranges.some(({ start, end, stride }) => {
        // FRI-MON goes around the end of the week.
        const span = end >= start ? end - start : end - start + (most - least + 1);
        const distance = value >= start ? value - start : value - start + (most - least + 1);
        return distance <= span && distance % stride === 0;
      }),
  };
}

function toNumber(text: string, names: string[], least: number): number {
  const named = names.indexOf(text.toUpperCase());
  return named >= 0 ? named + least : text === "" ? Number.NaN : Number(text);
}

/** Also `L`, the last day, and `15W`, the weekday nearest to the 15th. */
function parseDayOfMonth(text: string): DayField {
  if (text === "L") return { allows: (date) => date.getUTCDate() === lastDayOf(date) };
  const nearest = /^(\d{1,2}|L)W$/.exec(text)?.[1];
  if (nearest) {
    return {
      allows: (date) => date.getUTCDate() === nearestWeekday(date, nearest === "L" ? lastDayOf(date) : Number(nearest)),
    };
  }
  const field = parseField(text, 1, 31);
  return { allows: (date) => field.allows(date.getUTCDate()) };
}

/** Also `6L`, the last Friday, and `3#2`, the second Tuesday. Sunday is 1. */
function parseDayOfWeek(text: string): DayField {
  const [, name = "", last, nth] = /^(\w+?)(?:(L)|#([1-5]))$/.exec(text) ?? [];
  if (last ?? nth) {
    const weekday = parseField(name, 1, 7, weekdays);
    return {
      allows: (date) =>
        weekday.allows(date.getUTCDay() + 1) &&
        (nth ? Math.ceil(date.getUTCDate() / 7) === Number(nth) : date.getUTCDate() + 7 > lastDayOf(date)),
    };
  }
  const field = parseField(text === "L" ? "7" : text, 1, 7, weekdays);
  return { allows: (date) => field.allows(date.getUTCDay() + 1) };
}

const lastDayOf = (date: Date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

/** Within the month: the 1st on a Saturday becomes the 3rd. */
function nearestWeekday(date: Date, day: number): number {
  const last = lastDayOf(date);
  if (day > last) return 0;
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === last ? day - 2 : day + 1;
  return day;
}
