for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const head = button.closest("th"), table = head.closest("table"), body = table.tBodies[0];
    const at = [...head.parentNode.children].indexOf(head), number = head.dataset.number === "1";
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = row => row.children[at].dataset.key;
    const rows = [...body.rows].sort((a, b) => {
      const x = key(a), y = key(b);
      if (number && (x === "" || y === "")) return (x === "") - (y === "");
      const order = number ? Number(x) - Number(y) : x.localeCompare(y);
      return up ? order : -order;
    });
    body.append(...rows);
  });
}
const find = document.querySelector("[data-find]"), picks = [...document.querySelectorAll("select[data-at]")];
const choose = () => {
  const text = find.value.trim().toLocaleLowerCase(), rows = [...document.querySelector(".ranked").tBodies[0].rows];
  let left = 0;
  for (const row of rows) {
    const fits = picks.every(p => !p.value || row.children[Number(p.dataset.at)].dataset.key.split(", ").includes(p.value));
    row.hidden = !(fits && row.textContent.toLocaleLowerCase().includes(text));
    left += row.hidden ? 0 : 1;
  }
  document.querySelector("[data-left]").textContent = left < rows.length ? `${left} of ${rows.length} rows` : "";
};
for (const one of [find, ...picks]) one.addEventListener("input", choose);
