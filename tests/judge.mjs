/** Judges what comes in as JSON, [{ sheet, instance, typed }], with the judge of the page; writes the verdicts. */
import { text } from "node:stream/consumers";
import { shownOrder } from "../lib/exercises/static/chosen.js";
import { judge } from "../lib/exercises/static/judge.js";

const cases = JSON.parse(await text(process.stdin));
const sheets = cases.sheets;
const verdicts = cases.asked.map(([id, number, typed]) => judge(sheets[id].sheet, sheets[id].pool[number], typed));
const orders = Object.fromEntries(
  Object.values(sheets)
    .filter(({ sheet }) => sheet.options)
    .map(({ sheet, pool }) => [sheet.id, pool.map((instance) => shownOrder(sheet, instance))]),
);
process.stdout.write(JSON.stringify({ verdicts, orders }));
