// Who asks: a secret that only this browser knows. With it a reload finds one's own uploads.

/** @param {Storage | null} storage */
export function visitorSecret(storage) {
  let secret = storage?.getItem("sx-visitor") ?? "";
  if (!/^[0-9a-f-]{36}$/.test(secret)) {
    const random = crypto.getRandomValues(new Uint8Array(18));
    secret = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    storage?.setItem("sx-visitor", secret);
  }
  return secret;
}

export function storageOrNull() {
  try {
    return window.localStorage;
  } catch {
    return null; // a frame without storage: uploads then last until the reload
  }
}
