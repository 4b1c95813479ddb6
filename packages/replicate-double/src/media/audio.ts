import { randomFrom } from "../seed.ts";
import type { AudioDrawing } from "./drawing.ts";

const CHANNELS = 2;
const BYTES_PER_SAMPLE = 2;
const HEADER_BYTES = 44;
const PENTATONIC = [0, 3, 5, 7, 10] as const;

/** A stereo WAV (16-bit PCM): plucked notes of one pentatonic scale over a slow bass. */
export function drawAudio({ seconds, sampleRate }: AudioDrawing, seed: number): Uint8Array {
  const samples = Math.round(seconds * sampleRate);
  const left = new Float32Array(samples);
  const right = new Float32Array(samples);
  const random = randomFrom(seed);
  const root = 110 * 2 ** (Math.floor(random() * 12) / 12);
  const beatSeconds = 0.25 + random() * 0.2;

  for (let beat = 0; beat * beatSeconds < seconds; beat++) {
    const step = PENTATONIC[Math.floor(random() * PENTATONIC.length)] ?? 0;
    const octave = 1 + Math.floor(random() * 2);
    const pan = random();
    const from = Math.round(beat * beatSeconds * sampleRate);
    if (random() < 0.75) {
      const note = { frequency: root * octave * 2 * 2 ** (step / 12), from, sampleRate, decaySeconds: 0.35 };
      addNote(left, { ...note, loudness: 0.22 * (1 - pan) });
      addNote(right, { ...note, loudness: 0.22 * pan });
    }
    if (beat % 8 === 0) {
      const bass = { frequency: root * 2 ** (step / 12), from, sampleRate, decaySeconds: 1.2, loudness: 0.25 };
      addNote(left, bass);
      addNote(right, bass);
    }
  }
  return toWav({ left, right, sampleRate });
}

interface Note {
  frequency: number;
  from: number;
  sampleRate: number;
  decaySeconds: number;
  loudness: number;
}

function addNote(track: Float32Array, { frequency, from, sampleRate, decaySeconds, loudness }: Note): void {
  const until = Math.min(track.length, from + Math.round(decaySeconds * 5 * sampleRate));
  const turn = (2 * Math.PI * frequency) / sampleRate;
  const fade = Math.exp(-1 / (decaySeconds * sampleRate));
  const attackSamples = sampleRate * 0.005;
  let envelope = loudness;
  for (let at = from; at < until; at++) {
    const attack = Math.min(1, (at - from) / attackSamples);
    track[at] = (track[at] ?? 0) + attack * envelope * Math.sin(turn * (at - from));
    envelope *= fade;
  }
}

function toWav({ left, right, sampleRate }: { left: Float32Array; right: Float32Array; sampleRate: number }) {
  const dataBytes = left.length * CHANNELS * BYTES_PER_SAMPLE;
  const wav = Buffer.alloc(HEADER_BYTES + dataBytes);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(CHANNELS, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * CHANNELS * BYTES_PER_SAMPLE, 28);
  wav.writeUInt16LE(CHANNELS * BYTES_PER_SAMPLE, 32);
  wav.writeUInt16LE(BYTES_PER_SAMPLE * 8, 34);
  wav.write("data", 36, "latin1");
  wav.writeUInt32LE(dataBytes, 40);
  const pcm = new Int16Array(wav.buffer, wav.byteOffset + HEADER_BYTES, left.length * CHANNELS);
  for (let at = 0; at < left.length; at++) {
    pcm[at * 2] = toPcm(left[at] ?? 0);
    pcm[at * 2 + 1] = toPcm(right[at] ?? 0);
  }
  return wav;
}

/** Soft at the edges, so that many notes at once do not crackle. */
const toPcm = (sample: number) => Math.round(Math.tanh(sample) * 32_767);
