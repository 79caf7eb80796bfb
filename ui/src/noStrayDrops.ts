// What is dropped beside the places that take it would be opened by the web view instead of the page, which the shell refuses.
// So the pointer says at once that it cannot be dropped there.
export function refuseStrayDrops(target: EventTarget) {
  target.addEventListener("dragover", (event) => {
    if (event.defaultPrevented || !(event instanceof DragEvent)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "none";
  });
  target.addEventListener("drop", (event) => event.preventDefault());
}
