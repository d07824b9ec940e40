package dev.ringpark.dispatch;

import org.jspecify.annotations.Nullable;

/** Requests in the order they came, linked through themselves. */
final class RequestQueue {
    private @Nullable Request<?> first;
    private @Nullable Request<?> last;

    boolean isEmpty() {
        return first == null;
    }

    void add(Request<?> request) {
        if (last == null) {
            first = request;
        } else {
            last.next = request;
        }
        last = request;
    }

    @Nullable Request<?> poll() {
        Request<?> request = first;
        if (request != null) {
            unlink(null, request);
        }
        return request;
    }

    /** Takes {@code request} out; false if it is not there. */
    boolean remove(Request<?> request) {
        Request<?> previous = null;
        for (Request<?> each = first; each != null; each = each.next) {
            if (each == request) {
                unlink(previous, each);
                return true;
            }
            previous = each;
        }
        return false;
    }

    private void unlink(@Nullable Request<?> previous, Request<?> request) {
        if (previous == null) {
            first = request.next;
        } else {
            previous.next = request.next;
        }
        if (last == request) {
            last = previous;
        }
        request.next = null;
    }
}
