import Foundation
import Synchronization

/// Whether nothing is said but the result.
enum Voice {
    static let isQuiet = Atomic<Bool>(false)
}

/// Says something to the person at the terminal; results go to standard output.
func say(_ text: String) {
    guard !Voice.isQuiet.load(ordering: .relaxed) else { return }
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
