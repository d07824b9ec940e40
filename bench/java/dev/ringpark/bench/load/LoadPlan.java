package dev.ringpark.bench.load;

/** What to ask of the server at a port or path: so many connections, each with one message under way all the time. */
public record LoadPlan(String where, int connections, int messageBytes, double warmSeconds, double measuredSeconds) {
    static LoadPlan parse(String[] words) {
        return new LoadPlan(
                words[1],
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Double.parseDouble(words[4]),
                Double.parseDouble(words[5]));
    }

    /** The command that {@link LoadService} understands. */
    public String command() {
        return "echo %s %d %d %s %s".formatted(where, connections, messageBytes, warmSeconds, measuredSeconds);
    }
}
