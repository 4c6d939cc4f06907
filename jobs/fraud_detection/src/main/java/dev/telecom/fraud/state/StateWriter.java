package dev.telecom.fraud.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A buffer that grows as it is written to and is reused from event to event. */
public final class StateWriter {
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int LONGEST_NUMBER = 10;

    private byte[] bytes = new byte[512];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** Eight bytes, for numbers that are mostly large. */
    public void writeLong(long value) {
        reserve(Long.BYTES);
        LONGS.set(bytes, size, value);
        size += Long.BYTES;
    }

    public void writeDouble(double value) {
        writeLong(Double.doubleToRawLongBits(value));
    }

    /** One byte per seven bits, for numbers that are mostly small; negative ones take ten. */
    public void writeCount(long value) {
        reserve(LONGEST_NUMBER);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** Latin-1 text, as event ids are. */
    public void writeText(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
        writeCount(encoded.length);
        write(encoded, 0, encoded.length);
    }

    public void writeTexts(String[] texts) {
        writeCount(texts.length);
        for (String text : texts) {
            writeText(text);
        }
    }

    public void writeLongs(long[] values) {
        writeCount(values.length);
        for (long value : values) {
            writeLong(value);
        }
    }

    void write(byte[] source, int start, int length) {
        reserve(length);
        System.arraycopy(source, start, bytes, size, length);
        size += length;
    }

    void write(StateWriter source, int start, int length) {
        write(source.bytes, start, length);
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
