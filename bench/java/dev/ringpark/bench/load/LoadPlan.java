package dev.ringpark.bench.load;

/** What to ask of a server: that many connections, each with one message under way all the time. */
public record LoadPlan(int port, int connections, int messageBytes, double warmSeconds, double measuredSeconds) {
    static LoadPlan parse(String[] words) {
        return new LoadPlan(
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Double.parseDouble(words[4]),
                Double.parseDouble(words[5]));
    }

    /** The command that {@link LoadService} understands. */
    public String command() {
        return "echo %d %d %d %s %s".formatted(port, connections, messageBytes, warmSeconds, measuredSeconds);
    }
}
