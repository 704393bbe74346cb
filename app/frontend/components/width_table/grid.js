// From the data of Python to elements: `buildTable` makes them once, the `patch` functions keep them up to date.

const isWidth = (cell) => cell !== undefined && "width" in cell
const isChanged = (cell) => cell.original !== null && cell.width !== cell.original
const shownText = (cell) => (cell.error ? cell.typed ?? String(cell.width) : String(cell.width))

// What must be equal for the standing elements to be kept.
function structureOf(tables) {
  const cells = (row) => Object.entries(row.cells).map(([key, cell]) => [key, cell.path ?? null])
  const rows = (table) => table.rows.map((row) => [row.path, row.label, row.kind, cells(row)])
  return JSON.stringify(tables.map((table) => [table.title, table.columns, rows(table)]))
}

const LABELS = Symbol("row labels")
const WIDTHS = Symbol("all columns with fields are equally wide")
const BAR_CHARS = 10 // a shorter bar says nothing

let ids = 0

function buildTable(table) {
  const id = `table-${++ids}`
  const count = el("span")
  const view = { cols: [], rows: [], count, reset: resetButton({ className: "reset all" }, count) }
  const widths = table.columns.map((column) => table.rows.some((row) => isWidth(row.cells[column.key])))
  const lastWidth = widths.lastIndexOf(true)
  // An empty column takes the slack, so that fields line up on the left and computed values on the right in all tables.
  const withSlack = (nodes, tag) => nodes.toSpliced(lastWidth + 1, 0, el(tag, { className: "slack" }))

  const cols = table.columns.map((column, c) => {
    const col = el("col", { className: widths[c] ? "widths" : "texts" })
    view.cols.push({ col, key: widths[c] ? WIDTHS : column.key })
    return col
  })
  view.rows = table.rows.map((row, r) => buildRow(table, row, r, withSlack))
  view.errors = el("ul", { className: "errors", ariaLive: "polite" })
  view.node = el(
    "section", {},
    el("div", { className: "title" }, el("h3", { id, textContent: table.title }), view.reset),
    el(
      "table", { "aria-labelledby": id },
      el("colgroup", {}, el("col", { className: "labels" }), ...withSlack(cols, "col")),
      buildHead(table, withSlack),
      el("tbody", {}, ...view.rows.map((row) => row.node)),
    ),
    view.errors,
  )
  return view
}

function buildHead(table, withSlack) {
  const labels = table.columns.map((column) => {
    const th = el("th", { scope: "col" }, el("span", { textContent: column.label }))
    if (column.hint) th.dataset.tip = th.ariaDescription = column.hint
    if (column.color) th.style.setProperty("--branch", column.color)
    th.classList.toggle("branch", Boolean(column.color))
    th.classList.toggle("reduction", column.reduction)
    return th
  })
  const corner = el("td", { className: "corner" })
  const last = el("tr", {}, ...withSlack(labels, "td"))
  if (!table.columns.some((column) => column.group)) {
    last.prepend(corner)
    return el("thead", {}, last)
  }
  corner.rowSpan = 2
  const groups = [corner]
  for (const text of withSlack(table.columns.map((column) => column.group ?? ""), "td")) {
    if (text instanceof Element) groups.push(text)
    else if (text && groups.at(-1).textContent === text) groups.at(-1).colSpan += 1
    else if (text) groups.push(el("th", { scope: "colgroup", className: "group" }, el("span", { textContent: text })))
    else groups.push(el("td"))
  }
  return el("thead", {}, el("tr", {}, ...groups), last)
}

function buildRow(table, row, r, withSlack) {
  // Tab goes from field to field; only the first row's name is a stop, and arrow keys reach the others.
  const button = el("button", { type: "button", className: "name", textContent: row.label, tabIndex: r ? -1 : 0 })
  const reset = resetButton({ tabIndex: -1, ariaLabel: `Put ${row.label} back`, "data-tip": "Put this row back" })
  const view = { path: row.path, button, reset, cells: [], texts: [], off: [] }
  const nodes = table.columns.map((column, c) => {
    const cell = row.cells[column.key]
    if (isWidth(cell)) {
      view.cells[c] = buildWidth(column, cell)
      return view.cells[c].node
    }
    const text = { node: el("td", { className: "text" }) }
    if (cell) {
      text.bar = el("span", { className: "bar" })
      text.value = el("span", { className: "value" })
      text.delta = el("small")
      text.node.append(text.bar, text.value, text.delta)
      view.texts[c] = text
    }
    return text.node
  })
  const head = el("th", { scope: "row" }, el("div", {}, button, reset))
  view.node = el("tr", { className: row.kind }, head, ...withSlack(nodes, "td"))
  view.node.dataset.path = row.path
  return view
}

function buildWidth(column, cell) {
  const id = `width-${++ids}`
  const input = el("input", { type: "text", inputMode: "numeric", autocomplete: "off", spellcheck: false })
  const was = el("small", { id: `${id}-was` })
  const reset = resetButton({ tabIndex: -1 })
  const node = el("td", { className: "width" }, input, was, reset)
  return { id, path: cell.path, noun: column.noun, node, input, was, reset, data: cell, dirty: false, timer: 0 }
}

// Returns what is off in the row: changed or wrong cells.
function patchRow(view, columns, row, waiting, fresh) {
  columns.forEach((column, c) => {
    const cell = row.cells[column.key]
    if (view.cells[c]) patchWidth(view.cells[c], cell, waiting.has(cell.path))
    else if (view.texts[c]) patchText(view.texts[c], cell, fresh)
  })
  view.off = view.cells.filter(({ data }) => isChanged(data) || data.error)
  view.reset.hidden = view.off.length === 0
  return view.off
}

function patchWidth(view, cell, waiting) {
  view.data = cell
  if (!waiting && !view.dirty) replaceValue(view.input, shownText(cell))
  const changed = isChanged(cell)
  view.node.classList.toggle("changed", changed)
  view.node.classList.toggle("wrong", Boolean(cell.error))
  setText(view.was, changed ? `was ${cell.original}` : "")
  view.reset.hidden = cell.original === null || !(changed || cell.error)
  setAttribute(view.reset, "aria-label", `Put ${cell.path} back to ${cell.original}`)
  setAttribute(view.reset, "data-tip", `Put back to ${cell.original}`)
  setAttribute(view.input, "aria-label", `${view.noun} of ${cell.path}, ${cell.low} to ${cell.high}`)
  setAttribute(view.input, "placeholder", String(cell.original ?? ""))
  setAttribute(view.input, "aria-invalid", cell.error && "true")
  setAttribute(view.input, "aria-describedby", cell.error ? `${view.id}-error` : changed && `${view.id}-was`)
}

function patchText(view, cell, fresh) {
  if (setText(view.value, cell.text) && !fresh) flash(view.node)
  setText(view.delta, cell.delta ?? "")
  view.node.classList.toggle("with-delta", Boolean(cell.delta))
  setAttribute(view.delta, "class", cell.better === null ? "" : cell.better ? "better" : "worse")
  setAttribute(view.bar, "style", cell.share === null ? "" : `--share: ${cell.share}`)
  setAttribute(view.value, "data-tip", cell.exact)
  setAttribute(view.value, "aria-description", cell.exact)
}

// The sentences below a table; a click on one leads to its cell.
function patchErrors(view, wrong) {
  const same = JSON.stringify(wrong.map(({ id, data }) => [id, data.error]))
  if (same === view.errorsShown) return
  view.errorsShown = same
  view.errors.replaceChildren(
    ...wrong.map(({ id, input, data }) => {
      const button = el("button", { type: "button", id: `${id}-error`, textContent: data.error })
      button.addEventListener("click", () => input.focus())
      return el("li", {}, button)
    }),
  )
}

// Columns of one key are equally wide in all tables, and only grow: digits that come and go must not move the table.
// `chars` holds the widest text of each key so far.
function patchColumnWidths(frame, views, tables, chars) {
  const grow = (key, length) => chars.set(key, Math.max(chars.get(key) ?? 4, length))
  const longestWord = (text) => Math.max(...text.split(/\s/).map((word) => word.length))
  tables.forEach((table, t) => {
    for (const row of table.rows) grow(LABELS, row.label.length)
    table.columns.forEach((column, c) => {
      const { key } = views[t].cols[c]
      grow(key, longestWord(column.label) + 1)
      for (const row of table.rows) {
        const { text = "", share = null } = row.cells[column.key] ?? {}
        grow(key, share === null ? text.length : BAR_CHARS)
      }
    })
  })
  for (const { col, key } of views.flatMap((view) => view.cols)) col.style.setProperty("--chars", chars.get(key))
  frame.style.setProperty("--label-chars", chars.get(LABELS) ?? 0)
  const fields = views.map(({ cols }) => cols.filter(({ key }) => key === WIDTHS).length)
  frame.style.setProperty("--fields", Math.max(1, ...fields))
}
