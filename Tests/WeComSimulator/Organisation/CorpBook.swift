import Synchronization

/// All corps of this WeCom, by their ID without regard to case (wecom.md §8, 8).
final class CorpBook: Sendable {
    private let corps = Mutex<[String: Corp]>([:])

    func corp(_ id: String) -> Corp? { corps.withLock { $0[id.lowercased()] } }

    func insert(_ corp: Corp) { corps.withLock { $0[corp.id.lowercased()] = corp } }

    @discardableResult func remove(_ id: String) -> Corp? { corps.withLock { $0.removeValue(forKey: id.lowercased()) } }

    var all: [Corp] { corps.withLock { $0.values.sorted { $0.id < $1.id } } }
}
