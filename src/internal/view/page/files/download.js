// Files for the user, made in the page.

// download has the browser save a file, with the time in its name.
export function download(blob, name, extension) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replaceAll('/', '_').replace(/^_/, '')}_${new Date().toISOString().replaceAll(':', '-')}.${extension}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
