package dev.telecom.fraud.state;

import java.nio.charset.StandardCharsets;

/** Reads what a {@link StateWriter} wrote, in the same order. */
public final class StateReader {
    private byte[] bytes;
    private int place;

    void open(byte[] source, int start) {
        bytes = source;
        place = start;
    }

    int place() {
        return place;
    }

    void skip(int length) {
        place += length;
    }

    public long readLong() {
        long value = (long) StateWriter.LONGS.get(bytes, place);
        place += Long.BYTES;
        return value;
    }

    public double readDouble() {
        return Double.longBitsToDouble(readLong());
    }

    public long readCount() {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = bytes[place++];
            value |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    public String readText() {
        int length = (int) readCount();
        String text = new String(bytes, place, length, StandardCharsets.ISO_8859_1);
        place += length;
        return text;
    }

    public String[] readTexts() {
        String[] texts = new String[(int) readCount()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = readText();
        }
        return texts;
    }

    public long[] readLongs() {
        long[] values = new long[(int) readCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = readLong();
        }
        return values;
    }
}
