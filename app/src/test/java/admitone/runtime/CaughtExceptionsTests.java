package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.dao.TransientDataAccessException;

class CaughtExceptionsTests {
    @Test
    void serviceLoadsThem() {
        assertThat(new ClassPathScanningCandidateComponentProvider(true).findCandidateComponents("admitone.runtime"))
                .extracting(BeanDefinition::getBeanClassName)
                .contains(CaughtExceptions.class.getName());
    }

    /** In a JVM of its own, with the compiler that is at fault, which the tests do without. */
    @Test
    void firstOfItsKindIsCaughtWhereNoneWasSeenWhenTheCodeWasCompiled() throws Exception {
        Process service = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:CompileCommand=quiet",
                        "-XX:CompileCommand=dontinline,*Service::answer",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Service.class.getName())
                .redirectErrorStream(true)
                .start();

        String said = new String(service.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(said.strip()).isEqualTo("for a while");
        assertThat(service.waitFor()).isZero();
    }

    /** Does what went well many times, then what never failed before. */
    static final class Service {
        private static final int WELL = 60_000;
        private static final int DEEP = 400; // only then is what had waited not brought back whole

        public static void main(String[] args) throws Exception {
            assertThat(CaughtExceptions.LOADED).isNotEmpty();
            for (int i = 0; i < WELL; i++) {
                Thread.ofVirtual().start(() -> record(() -> true)).join();
            }
            Thread.ofVirtual().start(() -> record(() -> waitAndFail(DEEP))).join();
        }

        private static void record(Supplier<Boolean> work) {
            try {
                answer(work);
            } catch (TransientDataAccessException e) {
                System.out.println("for a while");
            } catch (RuntimeException e) {
                System.out.println("for good: " + e);
            }
        }

        private static boolean answer(Supplier<Boolean> work) {
            var result = new CompletableFuture<Boolean>();
            try {
                result.complete(work.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
            try {
                return result.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }

        private static boolean waitAndFail(int deep) {
            if (deep > 0) {
                return waitAndFail(deep - 1);
            }
            LockSupport.parkNanos(1_000_000);
            throw first();
        }

        private static RuntimeException first() {
            try {
                return Class.forName("org.springframework.dao.CannotAcquireLockException")
                        .asSubclass(RuntimeException.class)
                        .getConstructor(String.class)
                        .newInstance("deadlock");
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
