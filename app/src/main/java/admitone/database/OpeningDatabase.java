package admitone.database;

import admitone.runtime.Settings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A database that opens on a thread of its own while the rest of the service is put together. */
public final class OpeningDatabase implements AutoCloseable {
    private final CompletableFuture<Database> opened = new CompletableFuture<>();

    private OpeningDatabase() {}

    /** Returns at once. */
    public static OpeningDatabase of(Settings settings) {
        OpeningDatabase opening = new OpeningDatabase();
        Thread.ofPlatform().name("database").daemon().start(() -> {
            try {
                opening.opened.complete(Database.open(settings));
            } catch (RuntimeException | Error e) {
                opening.opened.completeExceptionally(e);
            }
        });
        return opening;
    }

    /**
     * Waits for it; how long is limited by the limits of {@link Database#open}.
     *
     * @throws DatabaseUnavailable saying what to do
     */
    Database await() {
        try {
            return opened.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof DatabaseUnavailable unavailable) {
                throw unavailable;
            }
            throw e;
        }
    }

    /** For a start that failed elsewhere: closes the database as soon as it is open, whoever has it by now. */
    @Override
    public void close() {
        opened.handle((database, e) -> database)
                .thenAccept(database -> {
                    if (database != null) {
                        database.close();
                    }
                })
                .join();
    }
}
