/** `tsx bench/flame.ts FILE.cpuprofile [PICTURE.svg]`: what a process spent its CPU on, as a table and as a flame picture. */
import { readFile, writeFile } from 'node:fs/promises'
import { type CpuProfile, costsOf, stacksOf } from './cpu-profile.ts'
import { flamePicture } from './flame-picture.ts'

const [file, picture] = process.argv.slice(2)
if (file === undefined) throw new Error('give a .cpuprofile, as node --cpu-prof writes it')
const profile = JSON.parse(await readFile(file, 'utf8')) as CpuProfile

for (const { name, place, self, total } of costsOf(profile).slice(0, 40)) {
  const parts = [self, total].map((part) => `${(100 * part).toFixed(1)} %`.padStart(8))
  process.stdout.write(`${parts.join(' ')}  ${name}  ${place}\n`)
}
if (picture !== undefined) await writeFile(picture, flamePicture(stacksOf(profile)))
