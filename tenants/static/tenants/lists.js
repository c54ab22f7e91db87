// On a phone each cell stands below the others: it says itself which column it is of.
document.addEventListener("DOMContentLoaded", () => {
  const list = document.querySelector("#result_list");
  if (!list) return;
  const names = [...list.tHead.rows[0].cells].map((cell) => cell.querySelector(".text")?.textContent.trim());
  for (const cell of list.querySelectorAll("tbody :is(th, td):not(.action-checkbox)")) {
    cell.dataset.label = names[cell.cellIndex] ?? "";
    cell.classList.toggle("blank", cell.textContent.trim() === "-");
  }
});
