import Messages
import Postgres

/// Who of the missing may have come under another user id (architecture.md §3.5).
extension CompletionWriting {
    /// Finds, for people whom a full run missed, the one who came since the one before and is the same by what belongs to
    /// one person alone: the open user id, or the name with the mobile number or the mail address. Where several could be,
    /// nobody is.
    ///
    /// - Returns: WeCom's new user ids, by the old keys.
    func renamed(_ missed: [Missed], on connection: isolated Connection) throws -> [String: String] {
        let keys = missed.filter { $0.kind == .user }.map(\.key)
        guard completion.people == .all, !keys.isEmpty else { return [:] }
        let rows = try connection.run(
            """
            with gone as (
                select directory_key, open_user_id, display_name, nullif(mobile, '') as mobile, nullif(email, '') as email
                from users
                where idp_id = \(identityProvider.uuid) and directory_key = any(\(keys)::text[])
            ), come as (
                select directory_key, external_id, open_user_id, display_name, mobile, email from users
                where idp_id = \(identityProvider.uuid) and removed_at is null
                    and not directory_key = any(\(keys)::text[]) and created_at > coalesce(
                        (select judged_at from sources where idp_id = \(identityProvider.uuid)), '-infinity'
                    )
            ), pairs as (
                select gone.directory_key, come.external_id from gone join come using (open_user_id)
                union
                select gone.directory_key, come.external_id from gone join come on come.external_id = gone.open_user_id
                union
                select gone.directory_key, come.external_id from gone join come using (display_name, mobile)
                union
                select gone.directory_key, come.external_id from gone join come using (display_name, email)
            ), counted as (
                select directory_key, external_id, count(*) over (partition by directory_key) as of_old,
                    count(*) over (partition by external_id) as of_new
                from pairs
            )
            select directory_key, external_id from counted where of_old = 1 and of_new = 1
            """
        )
        var renamed: [String: String] = [:]
        for row in rows {
            let (key, externalID) = try row.decode(String.self, String.self)
            renamed[key] = externalID
        }
        return renamed
    }

    /// The new user ids that WeCom's events told of, by the old keys: where they followed each other, the first one that
    /// the run has seen, or the last.
    var toldRenamed: [String: String] {
        let userIDCase = run.terms.userIDCase
        let told = (run.target?.toldRenamed ?? []).map { (userIDCase.key(of: $0.from).text, $0.to) }
        let next = Dictionary(told) { $1 }
        return Dictionary(
            uniqueKeysWithValues: next.map { old, new in
                var (met, last) = (Set([old]), new)
                while !completion.index.sees(user: userIDCase.key(of: last).digest),
                    let later = next[userIDCase.key(of: last).text],
                    met.insert(userIDCase.key(of: last).text).inserted
                {
                    last = later
                }
                // Round in a circle it goes nowhere.
                return (old, userIDCase.key(of: last).text == old ? new : last)
            }
        )
    }
}
