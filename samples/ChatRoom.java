// A chat room for telnet or nc, where a slow reader holds up nobody: samples/run ChatRoom PORT

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;

static final int MOST_UNREAD_LINES = 1000;
static final Duration PATIENCE = Duration.ofSeconds(10);   // with a member that takes nothing more
static final String LEAVES = new String();                 // the one object that ends a member's queue

record Member(String name, TcpSocket socket, BlockingQueue<String> unread) {
    /** Never waits: who reads too slowly is let go, and everybody else goes on. */
    void tell(String line) {
        try {
            if (!unread.offer(line)) {
                IO.println(name + " reads too slowly and is let go");
                socket.close();
            }
        } catch (IOException e) {
            IO.println(name + ": " + e.getMessage());
        }
    }
}

void main(String[] args) throws Exception {
    var address = new InetSocketAddress(Integer.parseInt(args[0]));
    try (var loop = CarrierLoop.start()) {
        Set<Member> room = ConcurrentHashMap.newKeySet();
        loop.run(() -> {
            var listener = TcpListener.bind(loop, address);
            IO.println("Chatting on " + listener.getLocalAddress() + ", " + loop);
            for (int i = 1; ; i++) {
                TcpSocket socket = listener.accept().setWriteTimeout(PATIENCE);
                var member = new Member("guest" + i, socket, new ArrayBlockingQueue<>(MOST_UNREAD_LINES));
                loop.startVirtualThread(() -> listen(member, room));
                loop.startVirtualThread(() -> deliver(member));
            }
        });
    }
}

/** One thread of a member reads what he says, and tells the others. */
void listen(Member member, Set<Member> room) {
    room.add(member);
    tellAll(room, member, "has come");
    try (var lines = new BufferedReader(new InputStreamReader(member.socket.in()))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            tellAll(room, member, "says: " + line);
        }
    } catch (IOException closedOrReset) { }   // he has left all the same
    room.remove(member);
    tellAll(room, member, "has left");
    member.tell(LEAVES);
}

void tellAll(Set<Member> room, Member from, String what) {
    room.forEach(each -> each.tell(from.name + " " + what + "\n"));
}

/** The other one writes what he has not read yet; a write that waits for him keeps no one else. */
void deliver(Member member) {
    try (var out = member.socket.out()) {
        for (String line = member.unread.take(); line != LEAVES; line = member.unread.take()) {
            out.write(line.getBytes());
        }
    } catch (IOException | InterruptedException goneOrTooSlow) { }
}
