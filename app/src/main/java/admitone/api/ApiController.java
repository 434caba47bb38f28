package admitone.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.bind.annotation.RestController;

/** Answers a part of the REST API. Made at the first request for it, since nobody waits for it at the start. */
@RestController
@Lazy
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface ApiController {}
