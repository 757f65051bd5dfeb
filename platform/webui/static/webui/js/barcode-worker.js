/**
 * A worker of its own for ZXing: only this file's answer carries the right to run WebAssembly (gateway.security), pages do not.
 * The first message names the library and its wasm file, each further one brings pixels.
 */
/* global ZXingWASM */
const OPTIONS = { formats: ["EAN13", "EAN8", "UPCA", "UPCE", "ITF", "Code128", "QRCode", "DataMatrix"], tryHarder: true, maxNumberOfSymbols: 4 };

self.addEventListener("message", async ({ data }) => {
  if (data.library) {
    importScripts(data.library);
    ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => data.wasm } });
    return;
  }
  try {
    const found = await ZXingWASM.readBarcodes(data.pixels, OPTIONS);
    self.postMessage({ id: data.id, found: found.filter((one) => one.isValid).map(({ text, format }) => ({ text, format })) });
  } catch (error) {
    self.postMessage({ id: data.id, failed: String(error) });
  }
});
