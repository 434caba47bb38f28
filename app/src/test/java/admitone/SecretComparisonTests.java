package admitone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Whatever compares a secret takes as long for every wrong one: {@code MessageDigest.isEqual}. A text is told to be a secret by its name, so this
 * reads the source: in no other comparison is anything called one. {@link ArchitectureTests} looks at what is compared as bytes.
 */
class SecretComparisonTests {
    /** As a word of a name in camel case; a constant is none. */
    private static final Pattern SECRET = Pattern.compile("(?:^|(?<=[a-z0-9]))"
            + "(?:[Ss]ecret|[Tt]oken|[Ss]ignature|[Mm]ac|[Hh]mac|[Pp]assword|[Tt]otp|[Aa]piKey|[Dd]igest)s?(?![a-z])");

    private static final Set<String> NOT_GUESSED_AT_BY_ANYBODY = Set.of(
            "refused.equals(token)", // AccountToken: what the provider gave us with what it gave us
            "kept.digest().equals(digest(seal))"); // LedgerCheck: what the database says with what a file of ours says

    @Test
    void noSecretIsComparedOtherwiseThanInConstantTime() throws IOException {
        List<String> found = new ArrayList<>();
        List<Path> sources;
        try (Stream<Path> all = Files.walk(Path.of("src/main/java"))) {
            sources = all.filter(path -> path.toString().endsWith(".java")).toList();
        }
        var compiler = ToolProvider.getSystemJavaCompiler();

        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask reading = (JavacTask) compiler.getTask(
                    new StringWriter(),
                    files,
                    null,
                    List.of("-proc:none"),
                    null,
                    files.getJavaFileObjectsFromPaths(sources));
            for (CompilationUnitTree unit : reading.parse()) {
                unit.accept(new Comparisons(), found);
            }
        }

        assertThat(found).containsExactlyInAnyOrderElementsOf(NOT_GUESSED_AT_BY_ANYBODY);
    }

    private static final class Comparisons extends TreeScanner<Void, List<String>> {
        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, List<String> found) {
            if (ArchitectureTests.COMPARISONS.contains(nameOf(call.getMethodSelect()))
                    && (isSecret(receiverOf(call))
                            || call.getArguments().stream().anyMatch(Comparisons::isSecret))) {
                found.add(call.toString());
            }
            return super.visitMethodInvocation(call, found);
        }

        @Override
        public Void visitMemberReference(MemberReferenceTree reference, List<String> found) {
            if (ArchitectureTests.COMPARISONS.contains(reference.getName().toString())
                    && isSecret(reference.getQualifierExpression())) {
                found.add(reference.toString());
            }
            return super.visitMemberReference(reference, found);
        }

        private static Tree receiverOf(MethodInvocationTree call) {
            return call.getMethodSelect() instanceof MemberSelectTree select ? select.getExpression() : call;
        }

        /** {@code mac}, {@code row.mac()}, {@code bytes(mac)}, {@code mac.toString()}: whatever is called one on the way. */
        private static boolean isSecret(Tree part) {
            return switch (part) {
                case MemberSelectTree one -> isCalledSecret(one) || isSecret(one.getExpression());
                case MethodInvocationTree one ->
                    isSecret(one.getMethodSelect())
                            || one.getArguments().stream().anyMatch(Comparisons::isSecret);
                case IdentifierTree one -> isCalledSecret(one);
                default -> false;
            };
        }

        private static boolean isCalledSecret(Tree part) {
            return SECRET.matcher(nameOf(part)).find();
        }

        private static String nameOf(Tree part) {
            return switch (part) {
                case IdentifierTree one -> one.getName().toString();
                case MemberSelectTree one -> one.getIdentifier().toString();
                default -> "";
            };
        }
    }
}
