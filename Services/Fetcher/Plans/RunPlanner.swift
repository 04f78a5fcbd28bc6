import JSONCoding
import Messages
import WeCom

/// Asks WeCom what the app may see, and plans what the run reads (`wecom.md` §3.11).
struct RunPlanner: Sendable {
    let session: CorpSession
    let agent: AgentID
    let isCaseSensitive: Bool

    /// - Returns: The plan, and the departments' records that it speaks of.
    /// - Throws: ``RunFailure`` when WeCom does not show the range or the departments.
    @concurrent
    func plan(_ scope: SynchronizationScope) async throws -> (plan: RunPlan, list: DepartmentList) {
        let range = try await RangeReading(session: session, agent: agent, isCaseSensitive: isCaseSensitive).read()
        do {
            // Nobody's departments are nothing to ask for: WeCom refuses it where the range names people alone.
            let isNone = range.range.departments.isEmpty
            let list = try isNone ? DepartmentList.empty : DepartmentList(await session.departmentList())
            let words = try await words(of: list, range.range, scope)
            return (RunPlan(list, range: range, scope: scope, words: words), list)
        } catch let error as WeComError {
            throw error.consequence
        } catch is JSONError {
            throw RunFailure(.failed, "WeCom's list of departments is not of its form.")
        }
    }

    /// What WeCom says of departments that range and scope name and the list does not show, and of those above others
    /// that hang on nothing of the range.
    private func words(
        of list: DepartmentList,
        _ range: VisibleRange,
        _ scope: SynchronizationScope
    ) async throws -> [Int64: DepartmentWord] {
        var words = try await session.words(of: RunPlan.unlisted(in: list, range, scope))
        let chains = BrokenChains(list, range: range)
        while words.count < DepartmentWord.mostAsked {
            let questions = chains.questions(knowing: words).prefix(DepartmentWord.mostAsked - words.count)
            if questions.isEmpty { break }
            words.merge(try await session.words(of: questions)) { known, _ in known }
        }
        return words
    }
}
