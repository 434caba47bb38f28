package admitone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.access.Grants;
import admitone.messaging.Messenger;
import admitone.money.RateSource;
import admitone.payments.InvoiceProvider;
import admitone.payments.PaymentProvider;
import admitone.payouts.PayoutProvider;
import admitone.runtime.SigningKey;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.github.bucket4j.Bucket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import org.jspecify.annotations.NullMarked;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

@AnalyzeClasses(
        packages = "admitone",
        importOptions = {
            ImportOption.DoNotIncludeTests.class,
            ArchitectureTests.NoSimulators.class,
            ArchitectureTests.NotGenerated.class
        })
class ArchitectureTests {
    private static final Set<String> BINARY_FRACTIONS =
            Set.of("double", "float", "java.lang.Double", "java.lang.Float");

    static final Set<String> COMPARISONS = Set.of(
            "equals",
            "deepEquals",
            "equalsIgnoreCase",
            "contentEquals",
            "compareTo",
            "compareToIgnoreCase",
            "compare",
            "compareUnsigned",
            "mismatch",
            "regionMatches",
            "startsWith",
            "endsWith",
            "contains",
            "containsKey",
            "containsValue");

    /** What the build adds when it finds out which beans there are. */
    static final class NotGenerated implements ImportOption {
        private static final Pattern IN_THE_FILE_NAME = Pattern.compile(".*(__|\\$\\$SpringCGLIB)[^/]*");

        @Override
        public boolean includes(Location location) {
            return !location.matches(IN_THE_FILE_NAME);
        }
    }

    static final class NoSimulators implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/simulators/");
        }
    }

    @ArchTest
    static final ArchRule timeComesFromTheInjectedClock = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "admitone.runtime", "admitone.database", "admitone.cli") // a command waits in real time
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(OffsetDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone");

    /** Made otherwise, one goes by the clock of the machine: nothing is to be had while that one is set back. */
    @ArchTest
    static final ArchRule limitsAreMadeInOnePlace = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("admitone.runtime.Limits")
            .should()
            .callMethod(Bucket.class, "builder");

    @ArchTest
    static final ArchRule noFieldHoldsMoneyInBinaryFractions = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(
                    "admitone.money..",
                    "admitone.ledger..",
                    "admitone.payments..",
                    "admitone.fulfillment..",
                    "admitone.checkout..",
                    "admitone.catalog..",
                    "admitone.payouts..")
            .should(haveARawTypeOf(BINARY_FRACTIONS))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule noMethodTakesOrGivesMoneyInBinaryFractions = methods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(
                    "admitone.money..",
                    "admitone.ledger..",
                    "admitone.payments..",
                    "admitone.fulfillment..",
                    "admitone.checkout..",
                    "admitone.catalog..",
                    "admitone.payouts..")
            .should(neitherTakeNorGive(BINARY_FRACTIONS));

    @ArchTest
    static final ArchRule theOutsideIsCalledThroughOneDoor = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("admitone.runtime.OutsideHttp")
            .and()
            .resideOutsideOfPackage("admitone.cli") // a command is itself outside of the service it speaks with
            .should()
            .dependOnClassesThat(resideInAPackage("java.net.http..")
                    .and(DescribedPredicate.not(assignableTo(java.net.http.HttpHeaders.class))));

    @ArchTest
    static final ArchRule adaptersStandOnTheOneDoor = classes()
            .that()
            .areAssignableTo(Messenger.class)
            .or()
            .areAssignableTo(PaymentProvider.class)
            .or()
            .areAssignableTo(InvoiceProvider.class)
            .or()
            .areAssignableTo(PayoutProvider.class)
            .or()
            .areAssignableTo(RateSource.class)
            .and()
            .areNotInterfaces()
            .should(be(dependentOn("admitone.runtime.OutsideHttp")));

    @ArchTest
    static final ArchRule onlyFulfillmentGivingAndImportingAddGrants = classes()
            .that(call(Grants.class, "add"))
            .should()
            .haveFullyQualifiedName("admitone.fulfillment.Fulfillment") // what was paid
            .orShould()
            .haveFullyQualifiedName("admitone.access.Giving") // what nobody paid for
            .orShould()
            .haveFullyQualifiedName("admitone.access.Importing"); // what was sold before

    @ArchTest
    static final ArchRule constantTimeComparisonIsForSecrets = classes()
            .that(call(MessageDigest.class, "isEqual"))
            .should()
            .resideInAnyPackage(
                    "admitone.nowpayments",
                    "admitone.payments",
                    "admitone.fulfillment.web", // where signatures come in
                    "admitone.checkout", // the keys of private links
                    "admitone.payouts", // the seals of destinations
                    "admitone.ledger", // the seals of the journal
                    "admitone.api..",
                    "admitone.telegram..",
                    "admitone.console..");

    @ArchTest
    static final ArchRule signaturesAreComparedInConstantTime = classes()
            .that()
            .haveFullyQualifiedName("admitone.nowpayments.IpnSignature")
            .should(be(DescribedPredicate.describe(
                    "callers of MessageDigest.isEqual",
                    type -> call(MessageDigest.class, "isEqual").test(type))));

    /** {@link SecretComparisonTests} looks at names. */
    @ArchTest
    static final ArchRule bytesAreComparedInConstantTime = noClasses()
            .should(compareBy(
                    target -> target.getOwner().isEquivalentTo(ByteBuffer.class)
                            || (target.getOwner().isEquivalentTo(Arrays.class)
                                    && target.getRawParameterTypes().getFirst().isEquivalentTo(byte[].class)),
                    "admitone.payouts.AddressChecksum.isBase58Check", // a checksum that everybody can work out
                    "admitone.nowpayments.JsonText.isUtf8")); // a text with itself

    @ArchTest
    static final ArchRule whoeverMakesOrJudgesASignatureComparesNoTexts = noClasses()
            .that(call(MessageDigest.class, "isEqual")
                    .or(call(Mac.class, "doFinal"))
                    .or(call(SigningKey.class, "mac")))
            .should(compareBy(
                    target -> Stream.of(
                                    String.class, Object.class, Objects.class, Optional.class, List.class, Set.class)
                            .anyMatch(target.getOwner()::isEquivalentTo),
                    "admitone.nowpayments.IpnSignature.verifyRewritten", // two texts of the body that was sent
                    "admitone.ledger.LedgerCheck$Chain.badIn")); // what the database says with what a file of ours says

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields =
            fields().should().notBeAnnotatedWith(Autowired.class).andShould().notBeAnnotatedWith(Value.class);

    @ArchTest
    static final ArchRule transactionsAreBegunInOneWay = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.springframework.transaction.annotation.Transactional");

    @ArchTest
    static void everyPackageIsNullMarked(JavaClasses all) {
        var unmarked = new TreeSet<String>();
        for (JavaClass type : all) {
            JavaPackage home = type.getPackage();
            if (!home.tryGetPackageInfo()
                    .map(info -> info.isAnnotatedWith(NullMarked.class))
                    .orElse(false)) {
                unmarked.add(home.getName());
            }
        }

        assertThat(unmarked).isEmpty();
    }

    private static ArchCondition<com.tngtech.archunit.core.domain.JavaField> haveARawTypeOf(Set<String> types) {
        return new ArchCondition<>("have a raw type of " + types) {
            @Override
            public void check(com.tngtech.archunit.core.domain.JavaField field, ConditionEvents events) {
                events.add(new SimpleConditionEvent(
                        field, types.contains(field.getRawType().getName()), field.getFullName()));
            }
        };
    }

    private static ArchCondition<com.tngtech.archunit.core.domain.JavaMethod> neitherTakeNorGive(Set<String> types) {
        return new ArchCondition<>("neither take nor give " + types) {
            @Override
            public void check(com.tngtech.archunit.core.domain.JavaMethod method, ConditionEvents events) {
                boolean clean = !types.contains(method.getRawReturnType().getName())
                        && method.getRawParameterTypes().stream().noneMatch(type -> types.contains(type.getName()));
                events.add(new SimpleConditionEvent(method, clean, method.getFullName()));
            }
        };
    }

    private static DescribedPredicate<JavaClass> call(Class<?> owner, String method) {
        return DescribedPredicate.describe(
                "call " + owner.getSimpleName() + "." + method,
                type -> type.getAccessesFromSelf().stream()
                        .map(JavaAccess::getTarget)
                        .anyMatch(target -> target.getOwner().isEquivalentTo(owner)
                                && target.getName().equals(method)));
    }

    private static ArchCondition<JavaClass> compareBy(Predicate<CodeUnitAccessTarget> such, String... exceptIn) {
        return new ArchCondition<>("compare in time that tells how much is right") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                    if (access.getTarget() instanceof CodeUnitAccessTarget target
                            && COMPARISONS.contains(target.getName())
                            && such.test(target)
                            && Stream.of(exceptIn)
                                    .noneMatch(name ->
                                            access.getOrigin().getFullName().startsWith(name + "("))) {
                        events.add(SimpleConditionEvent.satisfied(type, access.getDescription()));
                    }
                }
            }
        };
    }

    private static DescribedPredicate<JavaClass> dependentOn(String name) {
        return DescribedPredicate.describe(
                "dependent on " + name,
                type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency ->
                                dependency.getTargetClass().getName().equals(name)));
    }
}
