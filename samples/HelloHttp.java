// Answers each HTTP request with a greeting, and waits for nobody without end: samples/run HelloHttp PORT

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;

static final Duration PATIENCE = Duration.ofSeconds(10);   // for a request's head to come, and for answers to leave
static final int MOST_HEAD_BYTES = 8192;
static final Pattern CONNECTION = Pattern.compile("(?im)^connection:[ \\t]*(close|keep-alive)");

void main(String[] args) throws Exception {
    var address = new InetSocketAddress(Integer.parseInt(args[0]));
    try (var loop = CarrierLoop.start()) {
        loop.run(() -> {
            var listener = TcpListener.bind(loop, address);
            IO.println("Greeting on " + listener.getLocalAddress() + ", " + loop);
            while (true) {
                try {
                    TcpSocket client = listener.accept();
                    loop.startVirtualThread(() -> serve(client));
                } catch (SocketException e) {   // too many open files, say; some will be closed
                    IO.println(e.getMessage());
                    Thread.sleep(100);
                }
            }
        });
    }
}

void serve(TcpSocket client) {
    try (client) {
        client.setWriteTimeout(PATIENCE);
        var answers = new BufferedOutputStream(client.out());
        String received = "";
        for (boolean goesOn = true; goesOn; ) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            int end;
            while ((end = received.indexOf("\r\n\r\n")) < 0) {
                answers.flush();   // only now: requests that came together are answered together
                received += read(client, MOST_HEAD_BYTES - received.length(), deadline);
            }
            goesOn = answer(received.substring(0, end + 2), answers);
            received = received.substring(end + 4);
        }
        answers.flush();
    } catch (IOException goneOrTooSlowOrTooLong) { }   // nobody is left to be answered
}

String read(TcpSocket client, int mostBytes, long deadline) throws IOException {
    byte[] bytes = new byte[mostBytes];
    int count = client.read(bytes, 0, mostBytes, Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    if (count <= 0) {
        throw new EOFException();
    }
    return new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
}

/** Answers one request; false if it was the connection's last. */
boolean answer(String head, OutputStream answers) throws IOException {
    boolean isHead = head.startsWith("HEAD "), isKnown = isHead || head.startsWith("GET ");
    var asked = CONNECTION.matcher(head);
    boolean keeps = asked.find() ? asked.group(1).equalsIgnoreCase("keep-alive") : head.contains(" HTTP/1.1\r\n");
    boolean goesOn = keeps && isKnown;
    answers.write(("HTTP/1.1 " + (isKnown ? "200 OK" : "501 Not Implemented") + "\r\nContent-Length: 13\r\nConnection: "
            + (goesOn ? "keep-alive" : "close") + "\r\n\r\n" + (isHead ? "" : "Hello, ring!\n")).getBytes());
    return goesOn;
}
