/** The phone's camera: opening it, taking a full-resolution frame, making a thumbnail. */

/** @param {HTMLVideoElement} video @returns {Promise<MediaStream>} rear camera where there is one */
export async function openCamera(video) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 4096 }, height: { ideal: 3072 } } });
  video.srcObject = stream;
  await video.play();
  return stream;
}

/**
 * takePhoto gives the sensor's own JPEG; some phones hang in it, so it has four seconds before the canvas.
 * @param {MediaStream|null} stream @param {HTMLVideoElement} video @returns {Promise<Blob>}
 */
export async function frame(stream, video) {
  const track = stream?.getVideoTracks()[0];
  if (track && "ImageCapture" in globalThis) {
    try {
      const late = new Promise((resolve, reject) => setTimeout(reject, 4000));
      const blob = await Promise.race([new ImageCapture(track).takePhoto(), late]);
      if (blob?.size) return blob;
    } catch { /* falls to the canvas */ }
  }
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}

/** @param {ImageBitmap} picture @returns {string} a data address, 240 px on the long side */
export function thumbnail(picture) {
  const scale = 240 / Math.max(picture.width, picture.height);
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.7);
}
