#!/usr/bin/env python3
"""Draws dusk.png, goblin's wallpaper: ridges in the evening haze. Needs Python 3 and nothing else.

Usage: python3 dusk.py [WIDTH HEIGHT] > dusk.png
"""

import math
import struct
import sys
import zlib

WIDTH, HEIGHT = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (800, 450)

# Height from the top (0 to 1) and colour of the sky.
SKY = [
    (0.00, (0x22, 0x2E, 0x55)),
    (0.28, (0x45, 0x58, 0x88)),
    (0.48, (0x8E, 0x8F, 0xB4)),
    (0.62, (0xDC, 0xAE, 0xA8)),
    (0.74, (0xF4, 0xC9, 0xA4)),
    (1.00, (0xF7, 0xD7, 0xB4)),
]

# Base height, amplitude, seed, and the colours at the crest and far below it: back to front.
RIDGES = [
    (0.600, 0.050, 0.7, (0xB9, 0x9D, 0xB4), (0xC9, 0xA9, 0xAF)),
    (0.665, 0.055, 2.9, (0x8D, 0x85, 0xA8), (0xA8, 0x93, 0xA8)),
    (0.735, 0.060, 5.3, (0x62, 0x69, 0x94), (0x7F, 0x79, 0x99)),
    (0.815, 0.060, 8.1, (0x3E, 0x4E, 0x7C), (0x57, 0x5D, 0x86)),
    (0.900, 0.055, 11.6, (0x23, 0x33, 0x5C), (0x31, 0x3F, 0x69)),
]

GLOW = (0.66, 0.60, (0xFF, 0xE0, 0xB8))  # x, y, colour of the sun's place


def mix(a, b, t):
    return tuple(x + (y - x) * t for x, y in zip(a, b))


def smooth(t):
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


def sky(y):
    for (y0, c0), (y1, c1) in zip(SKY, SKY[1:]):
        if y <= y1:
            return mix(c0, c1, (y - y0) / (y1 - y0))
    return SKY[-1][1]


def crest(ridge, x):
    base, amplitude, seed, *_ = ridge
    wave = 0.0
    for octave, weight in enumerate((1.0, 0.45, 0.18)):
        wave += weight * math.sin((2.2 * 1.9**octave) * x * math.pi + seed * (octave + 1))
    return base - amplitude * wave / 1.63


def main():
    aspect = WIDTH / HEIGHT
    crests = [[crest(r, px / WIDTH) for px in range(WIDTH)] for r in RIDGES]
    skies = [sky(py / HEIGHT) for py in range(HEIGHT)]
    soft = 1.2 / HEIGHT
    rows = bytearray()
    for py in range(HEIGHT):
        y = py / HEIGHT
        rows.append(0)
        for px in range(WIDTH):
            x = px / WIDTH
            far = math.hypot((x - GLOW[0]) * aspect, (y - GLOW[1]) * 1.5)
            colour = mix(skies[py], GLOW[2], 0.75 * math.exp(-((far / 0.34) ** 2)))
            for ridge, heights in zip(RIDGES, crests):
                below = y - heights[px]
                if below > -soft:
                    body = mix(ridge[3], ridge[4], smooth(below / 0.16))
                    colour = mix(colour, body, smooth((below + soft) / (2 * soft)))
            rows.extend(int(c + 0.5) for c in colour)

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    # Filter each row by the one above it ("up"): smooth pictures shrink best so.
    stride = 1 + 3 * WIDTH
    filtered = bytearray()
    above = bytes(3 * WIDTH)
    for py in range(HEIGHT):
        row = rows[py * stride + 1 : (py + 1) * stride]
        filtered.append(2)
        filtered.extend((a - b) & 0xFF for a, b in zip(row, above))
        above = row
    sys.stdout.buffer.write(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(filtered), 9))
        + chunk(b"IEND", b"")
    )


main()
