package admitone.simulators;

import admitone.simulators.nowpayments.NowPaymentsSimulator;
import admitone.simulators.telegram.TelegramSimulator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/**
 * Both simulators in one process. Options: {@code --nowpayments-port=N --telegram-port=N} (0, the default, takes a free
 * port) and {@code --until-stdin-closes}. One line of JSON with their addresses says that they are ready.
 */
public final class Simulators {
    private Simulators() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        try (NowPaymentsSimulator nowPayments = NowPaymentsSimulator.start(port(args, "--nowpayments-port="));
                TelegramSimulator telegram = TelegramSimulator.start(port(args, "--telegram-port="))) {
            System.out.println(
                    "{\"nowpayments\":\"" + nowPayments.url() + "\",\"telegram\":\"" + telegram.url() + "\"}");
            System.out.flush();
            if (Arrays.asList(args).contains("--until-stdin-closes")) {
                drain(System.in);
            } else {
                new CountDownLatch(1).await();
            }
        }
    }

    /** A parent that dies closes the pipe, so that no orphan stays behind. */
    private static void drain(InputStream input) throws IOException {
        input.transferTo(OutputStream.nullOutputStream());
    }

    private static int port(String[] args, String option) {
        return Arrays.stream(args)
                .filter(arg -> arg.startsWith(option))
                .map(arg -> Integer.parseInt(arg.substring(option.length())))
                .findFirst()
                .orElse(0);
    }
}
