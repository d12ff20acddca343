//! Who belongs where, as a file says it from either side: a person's groups and a group's members, someone's roles and a role's
//! holders. Owns that both sides agree. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::items::{Fault, Item, Kind, Named};

/// What is named from one side: by owner, where the list stands and what is in it.
pub(super) type Side = BTreeMap<String, (String, BTreeSet<String>)>;

/// Every list of a file that says who belongs where, by the side that it stands on.
#[derive(Default)]
pub(super) struct Lists {
    pub groups_of: Side,
    pub members_of: Side,
    pub roles_of_people: Side,
    pub roles_of_groups: Side,
    pub people_with: Side,
    pub groups_with: Side,
}

impl Lists {
    /// Where both sides of one relation are listed, and differ: such a file can't be made as written.
    pub fn contradictions(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        contradictions(&self.groups_of, &self.members_of, &mut faults);
        contradictions(&self.roles_of_people, &self.people_with, &mut faults);
        contradictions(&self.roles_of_groups, &self.groups_with, &mut faults);
        faults
    }

    /// As items; each list is the whole list.
    pub fn into_items(self, items: &mut Vec<Item>) {
        let each = |side: Side| side.into_iter().map(|(owner, (_, set))| (owner, set));
        items.extend(each(self.groups_of).map(|(p, set)| Item::GroupsOf(p, set)));
        items.extend(each(self.members_of).map(|(g, set)| Item::MembersOf(g, set)));
        items.extend(each(self.roles_of_people).map(|(p, set)| Item::RolesOf(Named::Person(p), set)));
        items.extend(each(self.roles_of_groups).map(|(g, set)| Item::RolesOf(Named::Group(g), set)));
        items.extend(each(self.people_with).map(|(r, set)| Item::HoldersOf(r, Kind::People, set)));
        items.extend(each(self.groups_with).map(|(r, set)| Item::HoldersOf(r, Kind::Groups, set)));
    }
}

fn contradictions(left: &Side, right: &Side, faults: &mut Vec<Fault>) {
    for (these, those) in [(left, right), (right, left)] {
        for (owner, (at, set)) in these {
            for other in set {
                if let Some((there, back)) = those.get(other)
                    && !back.contains(owner)
                {
                    let why = format!("names {other}, but the list at {there} does not name {owner}; a list is the whole list");
                    faults.push(Fault { at: at.clone(), why });
                }
            }
        }
    }
}
