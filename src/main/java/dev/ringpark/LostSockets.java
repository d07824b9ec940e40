package dev.ringpark;

import java.lang.System.Logger.Level;
import java.lang.ref.Reference;

/**
 * Closes the sockets that were not closed and that nobody can close any more. Its thread is none of the loop's, and
 * mails it what is to be closed, as others do. It is a virtual one: most of its life it waits for the collector.
 */
final class LostSockets {
    private final String loopName;
    private final OpenSockets sockets;
    private final Thread thread;

    LostSockets(String loopName, OpenSockets sockets) {
        this.loopName = loopName;
        this.sockets = sockets;
        this.thread = Thread.ofVirtual().name(loopName + "-lost-sockets").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Ends it, soon. */
    void stop() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Reference<?> next = sockets.lost().remove();
                Threads.runGuarded(() -> close((OpenSockets.Entry) next));
            }
        } catch (InterruptedException stopped) {
            return;   // the loop has closed the rest
        }
    }

    private void close(OpenSockets.Entry entry) {
        Throwable opened = entry.opened();
        if (opened != null && entry.isOpen()) {   // else somebody was about to close it
            Log.say(Level.WARNING, loopName + ": nobody has closed or can close " + entry
                    + "; it is closed now, and was opened here", opened);
        }
        sockets.closeLost(entry);
    }
}
