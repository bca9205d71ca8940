// Asking the server: who asks, and one call at a time.

// A secret that only this browser knows: with it a reload finds one's own uploads.
export function visitorSecret(storage) {
  let secret = storage?.getItem("sx-visitor");
  if (!/^[0-9a-f-]{36}$/.test(secret ?? "")) {
    const random = crypto.getRandomValues(new Uint8Array(18));
    secret = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    storage?.setItem("sx-visitor", secret);
  }
  return secret;
}

// Calls one at a time; while one is under way only the newest wish is kept.
export function newestOnly(call) {
  let busy = false;
  let wanted = null;
  async function pump() {
    if (busy || !wanted) return;
    const wish = wanted;
    wanted = null;
    busy = true;
    try {
      await call(wish, () => wanted !== null);
    } catch (error) {
      console.error(error); // one that fails must not hold up the next
    }
    busy = false;
    pump();
  }
  return (wish) => {
    wanted = wish;
    pump();
  };
}

export function storageOrNull() {
  try {
    return window.localStorage;
  } catch {
    return null; // a frame without storage: uploads then last until the reload
  }
}
