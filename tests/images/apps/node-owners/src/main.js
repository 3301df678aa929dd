// Shows whom the files belong to, what may be done with them, and whether they are links.
const fs = require("node:fs");
const { join } = require("node:path");

for (const name of ["", ...fs.readdirSync(".", { recursive: true }).sort()]) {
  const { uid, gid, mode } = fs.lstatSync(join(process.cwd(), name));
  console.log(uid, gid, (mode & 0o170000).toString(8), (mode & 0o7777).toString(8), name || ".");
}
