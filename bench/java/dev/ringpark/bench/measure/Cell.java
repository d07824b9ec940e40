package dev.ringpark.bench.measure;

/** One workload: so many connections with messages of so many bytes. Written {@code 64x64}. */
public record Cell(int connections, int messageBytes) {
    public static Cell parse(String text) {
        String[] parts = text.split("x", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("not CONNECTIONSxBYTES: " + text);
        }
        return new Cell(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public String toString() {
        return connections + "x" + messageBytes;
    }

    public String words() {
        return connections + (connections == 1 ? " connection x " : " connections x ") + messageBytes + " bytes";
    }
}
