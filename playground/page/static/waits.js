/** Waiting until what is shown is so. */

export class Waits {
  constructor() {
    this.open = new Set();
  }

  /** Look again: something changed. */
  look() {
    for (const look of this.open) look();
  }

  /** Return the result of `found` once it is true; it fails after so many milliseconds. */
  until(found, patience) {
    return new Promise((resolve, reject) => {
      const end = setTimeout(() => {
        this.open.delete(look);
        reject(new Error("That took too long."));
      }, patience);
      const look = () => {
        const result = found();
        if (!result) return;
        clearTimeout(end);
        this.open.delete(look);
        resolve(result);
      };
      this.open.add(look);
    });
  }
}
