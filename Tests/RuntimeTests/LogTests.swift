import Foundation
import Logging
import Synchronization
import Testing

@testable import Runtime

@Suite struct LogTests {
    @Test("a JSON line holds level, logger, message and metadata")
    func json() throws {
        let lines = Lines()
        var logger = lines.logger(.json)
        logger[metadataKey: "stage"] = "mapper"
        logger.info("stored", metadata: ["count": "3", "ids": ["a", "b"], "at": ["x": "1"]])
        let line = try #require(lines.all.first)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["level"] as? String == "info")
        #expect(object["logger"] as? String == "test")
        #expect(object["message"] as? String == "stored")
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["count"] as? String == "3")
        #expect(metadata["ids"] as? [String] == ["a", "b"])
        #expect(metadata["stage"] as? String == "mapper")
        #expect((object["time"] as? String)?.hasSuffix("Z") == true)
    }

    @Test("whatever is logged, it is one line", arguments: LogFormat.allCases)
    func oneLine(format: LogFormat) {
        let lines = Lines()
        lines.logger(format).warning("a\nb", metadata: ["c": "d\r\n2026 error forged"])
        #expect(lines.all.count == 1)
        #expect(lines.all[0].filter { $0.isNewline }.count == 1)
        #expect(lines.all[0].last == "\n")
    }

    @Test("a text line reads from time to metadata")
    func text() {
        let lines = Lines()
        lines.logger(.text).error("failed", metadata: ["b": "2", "a": "1"])
        #expect(lines.all.first?.hasSuffix(" error test: failed a=1 b=2\n") == true)
    }

    @Test("levels below the one that is set are left out")
    func level() {
        let lines = Lines()
        lines.logger(.text).debug("hidden")
        #expect(lines.all.isEmpty)
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        func logger(_ format: LogFormat) -> Logger {
            Logger(label: "test") { label in
                LineLogHandler(label: label, format: format) { line in self.lines.withLock { $0.append(line) } }
            }
        }
    }
}
