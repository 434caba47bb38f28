package admitone.payouts;

import admitone.money.Asset;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells a mistyped address by the checksum within it, without asking anybody, where its coin has one that we know. */
final class AddressChecksum {
    private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int[] BECH32_GENERATOR = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    private static final int BECH32M = 0x2bc830a3;
    private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]{40}");

    /** What the first byte of a Base58Check address may be, and how a Bech32 one begins. */
    private record Chain(Set<Integer> versions, Optional<String> bech32) {}

    private static final Chain TRON = new Chain(Set.of(0x41), Optional.empty());
    private static final Map<String, Chain> CHAINS = Map.of(
            "btc", new Chain(Set.of(0x00, 0x05), Optional.of("bc")),
            "ltc", new Chain(Set.of(0x30, 0x32, 0x05), Optional.of("ltc")),
            "doge", new Chain(Set.of(0x1e, 0x16), Optional.empty()),
            "trx", TRON);

    private AddressChecksum() {}

    /** Whether the address holds, as far as its coin is known here. */
    static boolean holds(Asset coin, String address) {
        Chain chain = coin.code().endsWith("trc20") ? TRON : CHAINS.get(coin.code());
        if (chain == null) {
            return !HEX.matcher(address).matches() || isEip55(address.substring(2));
        }
        return isBase58Check(address, chain.versions())
                || chain.bech32().filter(prefix -> isBech32(address, prefix)).isPresent();
    }

    /** In one case only it carries no checksum. */
    private static boolean isEip55(String hex) {
        String lower = hex.toLowerCase(Locale.ROOT);
        if (hex.equals(lower) || hex.equals(hex.toUpperCase(Locale.ROOT))) {
            return true;
        }
        String hash = HexFormat.of().formatHex(Keccak256.hash(lower.getBytes(StandardCharsets.US_ASCII)));
        for (int i = 0; i < hex.length(); i++) {
            boolean upper = Character.digit(hash.charAt(i), 16) >= 8;
            if (Character.isLetter(hex.charAt(i)) && Character.isUpperCase(hex.charAt(i)) != upper) {
                return false;
            }
        }
        return true;
    }

    /** A version, 20 bytes, and the first four of a hash over both. */
    private static boolean isBase58Check(String address, Set<Integer> versions) {
        if (address.length() < 26 || address.length() > 35) {
            return false;
        }
        BigInteger number = BigInteger.ZERO;
        for (int i = 0; i < address.length(); i++) {
            int digit = BASE58.indexOf(address.charAt(i));
            if (digit < 0) {
                return false;
            }
            number = number.multiply(BigInteger.valueOf(58)).add(BigInteger.valueOf(digit));
        }
        byte[] raw = number.toByteArray();
        int zeros = (int) address.chars().takeWhile(c -> c == '1').count();
        byte[] stripped = raw[0] == 0 ? Arrays.copyOfRange(raw, 1, raw.length) : raw;
        if (zeros + stripped.length != 25) {
            return false;
        }
        byte[] bytes = new byte[25];
        System.arraycopy(stripped, 0, bytes, zeros, stripped.length);
        byte[] hash = sha256(sha256(Arrays.copyOf(bytes, 21)));
        return versions.contains(Byte.toUnsignedInt(bytes[0])) && Arrays.equals(bytes, 21, 25, hash, 0, 4);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** BIP 173 for witness version 0, BIP 350 from 1 on. */
    private static boolean isBech32(String address, String prefix) {
        String lower = address.toLowerCase(Locale.ROOT);
        boolean oneCase = address.equals(lower) || address.equals(address.toUpperCase(Locale.ROOT));
        if (!oneCase
                || !lower.startsWith(prefix + "1")
                || lower.length() > 90
                || lower.length() < prefix.length() + 8) {
            return false;
        }
        List<Integer> data = lower.substring(prefix.length() + 1)
                .chars()
                .map(BECH32::indexOf)
                .boxed()
                .toList();
        if (data.contains(-1)) {
            return false;
        }
        int sum = 1;
        for (int i = 0; i < prefix.length(); i++) {
            sum = polymod(sum, prefix.charAt(i) >> 5);
        }
        sum = polymod(sum, 0);
        for (int i = 0; i < prefix.length(); i++) {
            sum = polymod(sum, prefix.charAt(i) & 31);
        }
        for (int value : data) {
            sum = polymod(sum, value);
        }
        return sum == (data.getFirst() == 0 ? 1 : BECH32M);
    }

    private static int polymod(int sum, int value) {
        int top = sum >>> 25;
        int next = (sum & 0x1ffffff) << 5 ^ value;
        for (int i = 0; i < 5; i++) {
            next ^= (top >> i & 1) == 1 ? BECH32_GENERATOR[i] : 0;
        }
        return next;
    }
}
