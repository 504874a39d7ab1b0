/** The table block. Its first row is its head. */

import { make, unknown } from "./dom.js";
import { richText } from "./rich_text.js";

const CELLS = {
  raw_text: (cell) => [String(cell.text)],
  raw_number: (cell) => [String(cell.text ?? cell.value)],
  rich_text: (cell, context) => richText(cell, context),
};
const ALIGNED = new Set(["left", "center", "right"]);

/** Return the table in a region that can be scrolled by keyboard. */
export function table(block, { context }) {
  const settings = Array.isArray(block.column_settings) ? block.column_settings : [];
  const [head, ...rows] = block.rows;
  return scrolled(
    make(
      "table",
      { class: "kit-table" },
      make("thead", {}, row(head, "th", settings, context)),
      make("tbody", {}, ...rows.map((cells) => row(cells, "td", settings, context))),
    ),
  );
}

/** Return a table in a region that scrolls sideways where it is too wide. */
export function scrolled(content) {
  const place = { class: "kit-table-region", role: "region", "aria-label": "Table", tabindex: 0 };
  return make("div", place, content);
}

function row(cells, tag, settings, context) {
  return make("tr", {}, ...cells.map((cell, column) => one(cell, tag, settings[column], context)));
}

function one(cell, tag, setting, context) {
  const show = Object.hasOwn(CELLS, cell?.type) ? CELLS[cell.type] : null;
  const align = ALIGNED.has(setting?.align) ? ` kit-${setting.align}` : "";
  const wrapped = setting?.is_wrapped === false ? " kit-nowrap" : "";
  return make(
    tag,
    { class: `kit-cell${align}${wrapped}`, scope: tag === "th" ? "col" : null },
    ...(show === null ? [unknown("cell", cell)] : show(cell, context)),
  );
}
