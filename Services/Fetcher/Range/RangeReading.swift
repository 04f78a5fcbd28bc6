import Messages
import WeCom

/// Asks WeCom what the app may see, and who carries its tags (`wecom.md` §3.11).
struct RangeReading: Sendable {
    /// What came of it.
    struct Result: Equatable, Sendable {
        let range: VisibleRange
        /// Why it is not the whole range, a sentence each: tags that could not be read.
        var shortcomings: [String] = []

        var isWhole: Bool { range.isWhole }
    }

    let session: CorpSession
    let agent: AgentID
    let isCaseSensitive: Bool

    /// - Throws: ``RunFailure`` when WeCom does not show the range: half of it must not look like all of it.
    @concurrent
    func read() async throws -> Result {
        do {
            let agent = try await session.agent(agent)
            guard !agent.isClosed else {
                throw RunFailure(
                    .failed,
                    "The app is disabled in WeCom. What to do: enable it in the WeCom admin console."
                )
            }
            guard let visibility = agent.visibility else {
                throw RunFailure(.failed, "WeCom does not say in a known form what the app may see.")
            }
            let (tags, unread) = try await tags(visibility.tagIDs)
            return Result(
                range: VisibleRange(
                    visibility,
                    tags: tags,
                    unreadTags: unread.map(\.id),
                    isCaseSensitive: isCaseSensitive
                ),
                shortcomings: unread.map(\.shortcoming)
            )
        } catch let error as WeComError {
            throw error.consequence
        }
    }

    /// The tags that can be read, and a sentence for each that cannot.
    private func tags(_ ids: [Int64]) async throws -> (tags: [Tag], unread: [(id: Int64, shortcoming: String)]) {
        var tags: [Tag] = []
        var unread: [(id: Int64, shortcoming: String)] = []
        for id in ids {
            do {
                tags.append(try await session.tag(id))
            } catch let error as WeComError where Self.concernsTag(error) {
                unread.append((id, "Tag \(id) could not be read: \(error.cause)."))
            }
        }
        return (tags, unread)
    }

    /// Whether it is about the one tag: WeCom refuses it, or its answer is not of its form.
    private static func concernsTag(_ error: WeComError) -> Bool {
        error.reaction == .skip || error.isOfOddForm
    }
}
