// Freezes what every object inherits, so that no planted script changes how the page speaks to the shell. Other than with the
// shell's own `freezePrototype`, an object may still be given a `toString` or `constructor` of its own by assigning it, which
// libraries do while they are loaded and which throws where the inherited one is merely read-only.
(() => {
  const inherited = Object.prototype;
  for (const name of Object.getOwnPropertyNames(inherited)) {
    const { value, writable } = Object.getOwnPropertyDescriptor(inherited, name);
    if (writable !== true) continue;
    Object.defineProperty(inherited, name, {
      get: () => value,
      set(own) {
        if (this === inherited) throw new TypeError(`${name} of every object is frozen`);
        Object.defineProperty(this, name, { value: own, writable: true, enumerable: true, configurable: true });
      },
    });
  }
  Object.freeze(inherited);
})();
