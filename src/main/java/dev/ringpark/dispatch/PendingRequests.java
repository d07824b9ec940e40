package dev.ringpark.dispatch;

import org.jspecify.annotations.Nullable;

/** All requests that are pending, linked through themselves. */
final class PendingRequests {
    private @Nullable Request<?> newest;
    private int size;

    int size() {
        return size;
    }

    void add(Request<?> request) {
        request.older = newest;
        if (newest != null) {
            newest.newer = request;
        }
        newest = request;
        size++;
    }

    void remove(Request<?> request) {
        if (request.newer == null) {
            newest = request.older;
        } else {
            request.newer.older = request.older;
        }
        if (request.older != null) {
            request.older.newer = request.newer;
        }
        request.newer = null;
        request.older = null;
        size--;
    }

    /** Asks each to end, the newest first: some do at once, and are gone from here then. */
    void cancelAll() {
        Request<?> each = newest;
        while (each != null) {
            Request<?> older = each.older;
            each.cancel();
            each = older;
        }
    }
}
