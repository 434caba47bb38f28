package admitone.runtime;

/** Who asks, as far as an address tells. An IPv6 household has 2^64 addresses: its first four groups stand for all of them. */
public record Network(String text) {

    public static Network of(String address) {
        if (address.indexOf(':') < 0) {
            return new Network(address);
        }
        String[] groups = address.split(":", 5); // Tomcat writes all eight groups
        return new Network(groups.length < 5 ? address : String.join(":", groups[0], groups[1], groups[2], groups[3]));
    }
}
