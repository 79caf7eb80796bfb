//! What admins and people do to metadata, by control.

use super::fits;
use super::templates::made;
use crate::boxcom::control::edit_item;
use crate::control::ControlError;
use crate::control::change::{Ids, Op, Request};
use crate::sync::write;
use crate::world::World;

/// Changes of metadata.
pub(in crate::boxcom) static OPS: &[Op] = &[
    Op { name: "box.template.add", run: add_template },
    Op { name: "box.item.set_metadata", run: set_metadata },
];

/// A template as `POST /metadata_templates/schema` takes it, in `template`. Its key comes back.
fn add_template(world: &World, request: &Request) -> Ids {
    let body = request.value("template").cloned().unwrap_or_default();
    let template =
        made(&mut write(&world.boxcom.state), &body).map_err(|error| ControlError::bad(error.message))?;
    Ok(vec![template.key])
}

/// An instance with these `values`, which its template has a place for; none takes it away. The scope is `global`,
/// `enterprise`, or `enterprise_<id>` of another one.
fn set_metadata(world: &World, request: &Request) -> Ids {
    let key = (request.text("scope")?.to_owned(), request.text("template")?.to_owned());
    let values = request.value("values").filter(|values| !values.is_null()).cloned();
    let word = if values.is_some() { "METADATA_INSTANCE_UPDATE" } else { "METADATA_INSTANCE_DELETE" };
    edit_item(world, request, ("ITEM_MODIFY", word), |state, id| {
        // What another enterprise's templates have places for is known there.
        if let Some(values) = values.as_ref().filter(|_| !key.0.starts_with("enterprise_")) {
            let given = values.as_object().ok_or_else(|| ControlError::bad("values is an object"))?;
            fits(state, &key.0, &key.1, given).map_err(|error| ControlError::bad(error.message))?;
        }
        state.items.get_mut(&id).into_iter().for_each(|found| match &values {
            Some(values) => drop(found.metadata.insert(key.clone(), values.clone())),
            None => drop(found.metadata.remove(&key)),
        });
        Ok(())
    })
}
