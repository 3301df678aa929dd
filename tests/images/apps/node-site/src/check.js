// Starts the server as the image does, at a free port, and shows what it serves.
const { spawn } = require("node:child_process");
const net = require("node:net");

const free = net.createServer().listen(0, async () => {
  const { port } = free.address();
  free.close();
  const server = spawn("serve", ["-s", "build", "-L", "-l", String(port)], { stdio: "ignore" });
  for (let left = 100; left; left--) {
    try {
      const page = await fetch(`http://127.0.0.1:${port}/anything`);
      const script = await fetch(`http://127.0.0.1:${port}/main.js`);
      console.log(page.status, (await page.text()).trim());
      console.log(script.status, (await script.text()).includes("Ahoy"));
      break;
    } catch {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  server.kill();
});
