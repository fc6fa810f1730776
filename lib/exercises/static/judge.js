// Stands in until the judge itself is there.
const content = (value) => Array.isArray(value) ? value.map((row) => `<mtr>${row.map((c) => `<mtd><mn>${c}</mn></mtd>`).join("")}</mtr>`).join("") : value.replace(/&/g, "&amp;");
export const fill = (html, slots) => html.replace(/<(mn|mtext|span|mtable) data-slot="([^"]*)"><\/\1>/g, (_, tag, name) => `<${tag} data-slot="${name}">${content(slots[name])}</${tag}>`);
export const shownOrder = (sheet) => sheet.options.map((_, i) => i).reverse();
export function judge(sheet, instance, typed) {
  if (Array.isArray(typed) || typeof typed === "number") {
    return JSON.stringify(typed) === JSON.stringify(instance.answer) ? { kind: "right", says: fill(sheet.because, instance.slots) } : { kind: "not yet", name: sheet.mistakes[0].name, says: fill(sheet.mistakes[0].says, instance.slots) };
  }
  const value = Number(typed.replace("−", "-"));
  if (Number.isNaN(value)) return { kind: "unread", says: "This could not be read as a number. Write 0.5 or 1/3." };
  if (Math.abs(value - instance.answer) < 0.005) return { kind: "right", says: fill(sheet.because, instance.slots), read: "" };
  return { kind: "not yet", name: sheet.mistakes[0].name, says: fill(sheet.mistakes[0].says, instance.slots), read: "Read as 5." };
}
