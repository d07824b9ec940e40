package dev.ringpark;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which platform queue a loop runs on, and why the better ones were refused.
 *
 * @param name {@code io_uring}, {@code epoll}, {@code kqueue} or {@code selector}
 * @param refused the candidates that come before it, in their order, each with its reason and, where there is one, the
 *     cure
 */
public record BackendChoice(String name, Map<String, String> refused) {

    /** One line for a log. */
    @Override
    public String toString() {
        return refused.isEmpty() ? name : name + refused.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .collect(Collectors.joining("; ", " (not ", ")"));
    }
}
