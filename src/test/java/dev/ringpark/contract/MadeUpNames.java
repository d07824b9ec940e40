package dev.ringpark.contract;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Names that tests give addresses to; all others are the system's. The JDK finds it as a service. */
public final class MadeUpNames extends InetAddressResolverProvider {
    /** How a name is looked up. */
    @FunctionalInterface
    interface Answer {
        InetAddress[] get() throws UnknownHostException;
    }

    private static final Map<String, Answer> ANSWERS = new ConcurrentHashMap<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** A name nobody has used yet, as the JDK remembers those that were. */
    static String of(Answer answer) {
        String name = "made-up-" + COUNT.incrementAndGet() + ".invalid";
        ANSWERS.put(name, answer);
        return name;
    }

    static String of(String... addresses) {
        return of(() -> Stream.of(addresses).map(InetAddress::ofLiteral).toArray(InetAddress[]::new));
    }

    @Override
    public String name() {
        return "made up names";
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver others = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                Answer answer = ANSWERS.get(host);
                return answer == null ? others.lookupByName(host, policy) : Stream.of(answer.get());
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return others.lookupByAddress(address);
            }
        };
    }
}
