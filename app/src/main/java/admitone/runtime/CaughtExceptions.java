package admitone.runtime;

import java.util.List;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;

/**
 * Exceptions that we catch by a class above theirs, loaded before anything is compiled. HotSpot (25.0.3) takes a class without subclasses for one that is never
 * thrown; when the first subclass is loaded to be thrown on a virtual thread that had waited, the old code still runs, and its {@code catch} is passed by: JDK-8389310.
 */
@Component
final class CaughtExceptions {
    static final List<Class<? extends RuntimeException>> LOADED = List.of(
            CannotAcquireLockException.class,
            PessimisticLockingFailureException.class,
            QueryTimeoutException.class,
            TransientDataAccessResourceException.class,
            DuplicateKeyException.class,
            DataIntegrityViolationException.class,
            EmptyResultDataAccessException.class,
            CannotGetJdbcConnectionException.class,
            UncategorizedSQLException.class,
            CannotCreateTransactionException.class,
            TransactionSystemException.class,
            UnexpectedRollbackException.class,
            StreamReadException.class,
            MismatchedInputException.class);
}
