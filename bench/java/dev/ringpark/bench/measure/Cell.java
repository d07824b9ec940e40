package dev.ringpark.bench.measure;

/**
 * One workload: so many connections, over TCP or Unix sockets, with messages of so many bytes. Written {@code 64x64} or
 * {@code unix:64x64}.
 */
public record Cell(boolean isUnix, int connections, int messageBytes) {
    private static final String UNIX = "unix:";

    public static Cell parse(String text) {
        boolean isUnix = text.startsWith(UNIX);
        String[] parts = text.substring(isUnix ? UNIX.length() : 0).split("x", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("not CONNECTIONSxBYTES: " + text);
        }
        return new Cell(isUnix, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public String toString() {
        return (isUnix ? UNIX : "") + connections + "x" + messageBytes;
    }

    public String words() {
        String noun = connections == 1 ? " connection x " : " connections x ";
        return (isUnix ? "Unix sockets, " : "") + connections + noun + messageBytes + " bytes";
    }
}
