import Foundation
import Messages

/// What a suite's programs complained of last, for whoever has nothing but what a failed test printed.
struct SuiteLogs {
    /// Lines of one program, at most.
    private static let lines = 12
    /// Characters of a line, at most.
    private static let length = 400

    let settings: SuiteSettings

    /// Prints the last warnings and errors of each program.
    func printComplaints() {
        let files =
            (try? FileManager.default.contentsOfDirectory(at: settings.logs, includingPropertiesForKeys: nil)) ?? []
        for file in files.sorted(by: { $0.path < $1.path })
        where file.lastPathComponent.hasPrefix(settings.namespace.prefix) {
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
            let complaints = text.split(separator: "\n")
                .filter { $0.contains(#""level":"warning""#) || $0.contains(#""level":"error""#) }
            for line in complaints.suffix(Self.lines) {
                print("    \(file.lastPathComponent): \(line.prefix(Self.length))")
            }
        }
    }
}
