// Runs in VS Code's extension host, where the extension is installed as it is shipped. What fails is told by name.
import { tests } from './tests.ts';

const PATIENCE = 60_000;

export async function run(): Promise<void> {
    let failed = 0;
    for (const [name, test] of Object.entries(tests)) {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise((_, reject) => {
            timer = setTimeout(() => reject(new Error('took too long')), PATIENCE);
        });
        try {
            await Promise.race([test(), late]);
            console.log(`ok\t${name}`);
        } catch (error) {
            failed++;
            console.log(`not ok\t${name}\t${error instanceof Error ? error.stack : String(error)}`);
            if (name === Object.keys(tests)[0]) {
                break; // Without a server, the others would only wait.
            }
        } finally {
            clearTimeout(timer);
        }
    }
    if (failed) {
        throw new Error(`${failed} failed`);
    }
}
