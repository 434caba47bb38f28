package admitone.checkout.web;

import admitone.runtime.Network;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The places for event streams. One is taken before anything is read, so that a flood of openings is refused at no cost. */
final class StreamPlaces {
    private final StreamLimits limits;
    private final Map<Network, Integer> ofNetwork = new HashMap<>();
    private final Map<Key, Integer> ofOrder = new HashMap<>();
    private int taken;

    StreamPlaces(StreamLimits limits) {
        this.limits = limits;
    }

    private record Key(String orderId, Network network) {}

    /** Given back when closed. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    synchronized Optional<Place> take(String orderId, Network network) {
        Key key = new Key(orderId, network);
        if (taken >= limits.most()
                || ofNetwork.getOrDefault(network, 0) >= limits.mostOfNetwork()
                || ofOrder.getOrDefault(key, 0) >= limits.mostOfOrderAndNetwork()) {
            return Optional.empty();
        }
        taken++;
        ofNetwork.merge(network, 1, Integer::sum);
        ofOrder.merge(key, 1, Integer::sum);
        return Optional.of(() -> giveBack(key));
    }

    private synchronized void giveBack(Key key) {
        taken--;
        ofNetwork.computeIfPresent(key.network(), (_, n) -> n == 1 ? null : n - 1);
        ofOrder.computeIfPresent(key, (_, n) -> n == 1 ? null : n - 1);
    }

    synchronized int taken() {
        return taken;
    }
}
